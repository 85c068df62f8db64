delete from group_minimum
where business_id = $1 and group_id = $2
