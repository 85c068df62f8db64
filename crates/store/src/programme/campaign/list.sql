select id, name, description, active, destination_url, link_parameter, cookie_days, model, starts_at_ms, ends_at_ms, created_at_ms
from campaign
where business_id = $1
    and (cast($2 as text) is null or name_folded like $2 escape '\')
    and (active = $3 or $3 is null)
    and (id < $4 or $4 is null)
order by {order}
limit $5 offset $6
