update commission set auto_approve = $3
where business_id = $1 and id = $2
