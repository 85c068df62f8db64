insert into callback (business_id, id, provider_id, source, event_id, head, body, state, received_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (business_id, source, event_id) do nothing
