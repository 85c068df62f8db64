update callback set state = $3
where business_id = $1 and id = $2
