insert into bulk_act (business_id, id, noun, act, at_ms)
values ($1, $2, $3, $4, $5)
