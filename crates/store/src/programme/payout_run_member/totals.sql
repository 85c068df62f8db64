select m.included, m.currency, cast(count(*) as bigint) as members,
       cast(coalesce(sum(m.commissions_total + m.carried_forward), 0) as bigint) as planned,
       cast(count(p.id) as bigint) as payouts,
       cast(coalesce(sum(case when p.status in ('cancelled', 'returned') then 0 else p.amount end), 0) as bigint) as amount
from payout_run_member m
left join payout p on p.business_id = $1 and p.id = m.payout_id
where m.business_id = $1 and m.run_id = $2
group by m.included, m.currency
order by m.currency
