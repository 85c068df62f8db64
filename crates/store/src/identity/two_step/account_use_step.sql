update account_totp
set step = $3, tries = 0
where business_id = $1 and account_id = $2 and step < $3
