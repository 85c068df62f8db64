-- By quarters of an hour, of which every zone's days consist.
select e.at_ms / 900000 as quarter, p.currency, cast(sum(p.amount) as bigint) as amount
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq
where e.business_id = $1 and e.at_ms >= $2 and p.account in ('approved', 'in_payout', 'clawback')
group by quarter, p.currency
order by quarter, p.currency
