delete from account_totp
where business_id = $1 and account_id = $2
