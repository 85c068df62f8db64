-- What several have approved for one subject is paid once.
select n.currency, cast(sum(n.amount) as bigint) as amount
from (select subject, currency, max(amount) as amount
      from payout_sole_note
      where business_id = $1 and at_ms > $2 and subject <> $3 and (actor = $4 or by_key in ($5, $6))
      group by subject, currency) n
group by n.currency
order by n.currency
