insert into campaign (
    business_id, id, name, name_folded, description, active, destination_url, link_parameter, cookie_days, model,
    starts_at_ms, ends_at_ms, created_at_ms
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
on conflict (business_id, name_folded) do nothing
