select id, kind, to_address, to_name, subject, state, last_error, created_at_ms, sent_at_ms
from mail
where business_id = $1
    and (cast($2 as text) is null or state = $2)
    and (cast($3 as text) is null or kind = $3)
    and (cast($4 as text) is null or search_folded like $4 escape '\')
    and (cast($5 as text) is null or id < $6)
order by {order}
limit $7 offset $8
