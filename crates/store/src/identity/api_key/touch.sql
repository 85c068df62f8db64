update api_key set last_used_at_ms = $3 where business_id = $1 and id = $2
