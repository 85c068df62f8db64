-- The newest of its address only: an older one is void.
update login_code
set used_at_ms = $3
where business_id = $1 and id = $2 and expires_at_ms > $3 and used_at_ms is null
  and id = (select n.id from login_code n where n.business_id = $1 and n.email_folded = $4 order by n.id desc limit 1)
