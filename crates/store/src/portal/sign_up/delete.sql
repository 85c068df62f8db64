delete from sign_up
where business_id = $1 and code_id = $2
