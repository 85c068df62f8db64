delete from account_passkey
where business_id = $1 and account_id = $2 and id = $3
