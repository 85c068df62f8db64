delete from staff_member where business_id = $1 and staff_id = $2
