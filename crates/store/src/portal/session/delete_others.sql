delete from account_session
where business_id = $1 and account_id = $3 and id <> $2
