update login_code
set code_mac = $3
where business_id = $1 and id = $2 and code_mac is null
