delete from staff_session where business_id = $1 and staff_id = $2 and (seen_at_ms < $3 or created_at_ms < $4)
