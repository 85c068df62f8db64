select p.currency, p.account, cast(sum(p.amount) as bigint) as amount
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq
where e.business_id = $1 and e.at_ms < $2
group by p.currency, p.account
order by p.currency, p.account
