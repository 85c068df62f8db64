insert into mail_template (business_id, kind, subject, heading, body, updated_at_ms)
values ($1, $2, $3, $4, $5, $6)
on conflict (business_id, kind) do update
set subject = excluded.subject, heading = excluded.heading, body = excluded.body, updated_at_ms = excluded.updated_at_ms
