insert into payout_run (business_id, id, number, state, until_day, before_ms, group_id, method, currency, made_by, finished, total,
                        created_at_ms, updated_at_ms)
values ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, 0, 0, $10, $10)
