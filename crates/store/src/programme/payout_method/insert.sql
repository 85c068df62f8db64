insert into payout_method
    (business_id, id, affiliate_id, kind, sealed, masked, fingerprint, holds_until_ms, created_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
