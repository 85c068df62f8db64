update api_key set revoked_at_ms = $3 where business_id = $1 and id = $2 and revoked_at_ms is null
