insert into application_form (business_id, open, intro, terms_url, rule, domains, group_id, campaign_id, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (business_id) do update
set open = $2, intro = $3, terms_url = $4, rule = $5, domains = $6, group_id = $7, campaign_id = $8, updated_at_ms = $9
