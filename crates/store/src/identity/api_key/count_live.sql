select count(*) as value from api_key where business_id = $1 and revoked_at_ms is null
