update affiliate
set group_id = $3
where business_id = $1 and id = $2
