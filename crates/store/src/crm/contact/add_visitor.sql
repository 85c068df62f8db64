insert into contact_visitor (business_id, contact_id, visitor_id, created_at_ms)
values ($1, $2, $3, $4)
on conflict (business_id, contact_id, visitor_id) do nothing
