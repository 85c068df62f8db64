-- By weeks from the instant on in which the hold passes; week 0 is what has no hold, or one that has passed.
select p.currency,
       case when c.hold_until_ms is null or c.hold_until_ms <= $2 then 0 else (c.hold_until_ms - $2 - 1) / 604800000 + 1 end as week,
       cast(sum(p.amount) as bigint) as amount
from journal_entry e
join journal_posting p on p.business_id = $1 and p.seq = e.seq and p.account = 'pending'
join commission c on c.business_id = $1 and c.id = e.commission_id
where e.business_id = $1 and e.at_ms < $2
group by p.currency, week
having sum(p.amount) <> 0
order by p.currency, week
