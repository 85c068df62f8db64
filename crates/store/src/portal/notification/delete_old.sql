delete from notification
where business_id = $1 and created_at_ms <= $2
