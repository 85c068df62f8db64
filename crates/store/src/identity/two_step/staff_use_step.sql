update staff_totp
set step = $2, tries = 0
where staff_id = $1 and step < $2
