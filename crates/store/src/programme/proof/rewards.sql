-- What the journal has earned for an affiliate's own commissions of a rule, in its order.
select c.id, c.day, cast(-p.amount as bigint) as earned
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq and p.account = 'expense'
join commission c on c.business_id = $1 and c.id = e.commission_id
where e.business_id = $1 and e.affiliate_id = $2 and c.rule_id = $3 and c.currency = $4 and c.level = 0
order by e.seq, p.line
