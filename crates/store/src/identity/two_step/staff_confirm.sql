update staff_totp
set confirmed_at_ms = $2
where staff_id = $1 and confirmed_at_ms is null
