-- The newest code of its address only: an older one is void.
update login_code
set tries = tries + 1
where business_id = $1 and id = $2 and tries < $3 and expires_at_ms > $4 and proven_at_ms is null and used_at_ms is null
  and id = (select n.id from login_code n where n.business_id = $1 and n.email_folded = $5 order by n.id desc limit 1)
returning code_mac as value
