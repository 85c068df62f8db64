select currency, cast(sum(amount) as bigint) as amount
from journal_posting
where business_id = $1 and account in ('approved', 'in_payout', 'clawback')
group by currency
order by currency
