insert into payout_credit (business_id, payout_id, number, name, sealed, issued_at_ms)
values ($1, $2, $3, $4, $5, $6)
