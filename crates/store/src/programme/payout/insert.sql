insert into payout (business_id, id, number, affiliate_id, currency, commissions_total, carried_forward, amount, status, method, note,
                    created_at_ms, updated_at_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
