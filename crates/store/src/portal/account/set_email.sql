update account
set email = $3, email_folded = $4
where business_id = $1 and id = $2 and email_folded = $5
