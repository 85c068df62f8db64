update staff_passkey
set name = $3
where staff_id = $1 and id = $2
