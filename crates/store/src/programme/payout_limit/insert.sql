insert into payout_sole_approval (business_id, subject, currency, amount, actor, by_key, at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
