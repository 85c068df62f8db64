update account_totp
set confirmed_at_ms = $3
where business_id = $1 and account_id = $2 and confirmed_at_ms is null
