update account_totp
set tries = case when tries_since_ms <= $3 then 1 else tries + 1 end,
    tries_since_ms = case when tries_since_ms <= $3 then $4 else tries_since_ms end
where business_id = $1 and account_id = $2 and (tries_since_ms <= $3 or tries < $5)
returning sealed, step, confirmed_at_ms
