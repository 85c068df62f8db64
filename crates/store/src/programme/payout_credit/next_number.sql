insert into payout_credit_series (business_id, last_number)
values ($1, 1)
on conflict (business_id) do update set last_number = payout_credit_series.last_number + 1
returning last_number as value
