update account
set password_hash = $3
where business_id = $1 and id = $2
