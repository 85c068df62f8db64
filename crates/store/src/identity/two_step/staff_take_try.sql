update staff_totp
set tries = case when tries_since_ms <= $2 then 1 else tries + 1 end,
    tries_since_ms = case when tries_since_ms <= $2 then $3 else tries_since_ms end
where staff_id = $1 and (tries_since_ms <= $2 or tries < $4)
returning sealed, step, confirmed_at_ms
