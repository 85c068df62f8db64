select s.payout_frequency as frequency, coalesce(r.weekday, 1) as weekday, coalesce(r.month_day, 1) as month_day,
       coalesce(r.methods, '') as methods, r.two_step
from setting s
left join payout_rule r on r.business_id = $1
where s.business_id = $1
