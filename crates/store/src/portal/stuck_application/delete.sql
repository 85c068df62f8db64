delete from stuck_application where business_id = $1 and id = $2
