select p.account, cast(sum(p.amount) as bigint) as amount
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq
where e.business_id = $1 and e.affiliate_id = $2 and e.currency = $3 and e.at_ms < $4
group by p.account
