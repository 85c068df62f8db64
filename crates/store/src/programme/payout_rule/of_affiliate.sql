select coalesce(g.payout_frequency, s.payout_frequency) as frequency, coalesce(o.weekday, r.weekday, 1) as weekday,
       coalesce(o.month_day, r.month_day, 1) as month_day,
       case when coalesce(o.methods, '') <> '' then o.methods else coalesce(r.methods, '') end as methods, r.two_step
from affiliate a
join setting s on s.business_id = $1
left join payout_rule r on r.business_id = $1
left join affiliate_group g on g.business_id = $1 and g.id = a.group_id
left join group_payout_rule o on o.business_id = $1 and o.group_id = a.group_id
where a.business_id = $1 and a.id = $2
