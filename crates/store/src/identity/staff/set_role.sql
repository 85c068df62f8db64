update staff_member set role = $3 where business_id = $1 and staff_id = $2
