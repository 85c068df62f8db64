select cast(coalesce(sum(-p.amount), 0) as bigint) as value
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq and p.account = 'expense'
where e.business_id = $1 and e.affiliate_id = $2 and e.currency = $3 and e.at_ms >= $4 and e.at_ms < $5
  and e.kind in ('reject', 'unreject', 'reverse', 'restore')
