delete from account_session
where business_id = $1 and id = $2
