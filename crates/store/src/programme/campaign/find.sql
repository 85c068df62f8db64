select id, name, description, active, destination_url, link_parameter, cookie_days, model, starts_at_ms, ends_at_ms, created_at_ms
from campaign
where business_id = $1 and id = $2
