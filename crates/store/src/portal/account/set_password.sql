update account
set name = $3, password_hash = $4
where business_id = $1 and id = $2
