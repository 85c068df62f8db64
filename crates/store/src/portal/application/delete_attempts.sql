delete from application_attempt
where business_id = $1 and created_at_ms <= $2
