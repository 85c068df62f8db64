delete from staff_session where business_id = $1 and id <> $2 and staff_id = $3
