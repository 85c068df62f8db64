update staff_passkey
set data = $4, counter = $5, used_at_ms = $6
where staff_id = $1 and id = $2 and counter = $3
