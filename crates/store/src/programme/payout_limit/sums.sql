select actor, by_key, currency, cast(sum(amount) as bigint) as amount
from payout_sole_approval
where business_id = $1 and at_ms > $2 and subject <> $3
group by actor, by_key, currency
order by currency, actor
