update account_passkey
set name = $4
where business_id = $1 and account_id = $2 and id = $3
