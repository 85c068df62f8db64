delete from staff_passkey
where staff_id = $1 and id = $2
