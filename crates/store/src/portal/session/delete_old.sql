delete from account_session
where business_id = $1 and (seen_at_ms <= $2 or created_at_ms <= $3)
