update account
set name = $3
where business_id = $1 and id = $2
