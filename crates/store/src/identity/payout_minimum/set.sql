insert into payout_minimum (business_id, currency, amount)
values ($1, $2, $3)
on conflict (business_id, currency) do update set amount = excluded.amount
