update link
set label = $3, target_url = $4
where business_id = $1 and id = $2
