insert into payout_return (business_id, payout_id, nth, arrived, fee, noted_by, noted_at_ms)
values ($1, $2, $3, $4, $5, $6, $7)
