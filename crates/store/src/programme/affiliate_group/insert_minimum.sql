insert into group_minimum (business_id, group_id, currency, amount)
values ($1, $2, $3, $4)
