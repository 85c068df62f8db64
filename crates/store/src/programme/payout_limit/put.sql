insert into payout_sole_note (business_id, subject, currency, actor, by_key, amount, at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (business_id, subject, currency, actor) do update
set amount = $6, by_key = $5, at_ms = $7
