-- What the journal has earned for a commission is what is left of it, and nothing of one that was rejected.
select c.id, cast(case when c.status = 'rejected' then 0 else c.amount + c.adjusted - c.reversed end as bigint) as net,
       cast(coalesce(sum(-j.amount), 0) as bigint) as earned
from commission c
left join (select e.commission_id, p.amount
           from journal_entry e
           join journal_posting p on p.business_id = $1 and p.seq = e.seq and p.account = 'expense'
           where e.business_id = $1) j on j.commission_id = c.id
where c.business_id = $1
group by c.id, c.status, c.amount, c.adjusted, c.reversed
having coalesce(sum(-j.amount), 0) <> case when c.status = 'rejected' then 0 else c.amount + c.adjusted - c.reversed end
order by c.id
limit $2
