insert into referral_check (business_id, id, referral_id, kind, passed, note, actor_name, at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8)
