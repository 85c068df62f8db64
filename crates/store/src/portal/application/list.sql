select
    id, affiliate_id, state, name, email, website, audience, terms_url, by_rule, decided_by, reason, reason_told, created_at_ms,
    decided_at_ms
from application
where business_id = $1
    and (cast($2 as text) is null or state = $2)
    and (cast($3 as text) is null or search_folded like $3 escape '\')
order by {order}
limit $4 offset $5
