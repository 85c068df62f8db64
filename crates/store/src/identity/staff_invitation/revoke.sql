update staff_invitation set revoked_at_ms = $3
where business_id = $1 and id = $2 and accepted_at_ms is null and revoked_at_ms is null
