select e.commission_id, e.currency, p.amount
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq and p.account = 'expense'
where e.business_id = $1 and e.event_id = $2 and e.kind in ('reverse', 'restore')
order by e.seq
