delete from staff_route where staff_id = $1 and business_id = $2
