update account
set blocked = $3
where business_id = $1 and id = $2 and blocked <> $3
