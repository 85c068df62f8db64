insert into link_route (code, business_id, link_id)
values ($1, $2, $3)
on conflict (code) do nothing
