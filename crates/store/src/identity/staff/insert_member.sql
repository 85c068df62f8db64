insert into staff_member (business_id, staff_id, role, created_at_ms) values ($1, $2, $3, $4)
