insert into audit_entry (business_id, id, at_ms, actor_kind, actor_id, actor_name, action, subject, subject_id, detail)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
