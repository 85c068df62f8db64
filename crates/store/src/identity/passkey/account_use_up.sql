update account_passkey
set data = $5, counter = $6, used_at_ms = $7
where business_id = $1 and account_id = $2 and id = $3 and counter = $4
