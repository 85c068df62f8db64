update campaign
set name = $3, name_folded = $4, description = $5, active = $6, destination_url = $7, link_parameter = $8,
    cookie_days = $9, model = $10, starts_at_ms = $11, ends_at_ms = $12
where business_id = $1 and id = $2
