select p.id as payout_id, p.number, p.status, p.amount, p.currency, a.name as affiliate_name,
       case when p.status = 'pending' then m.failure
            else coalesce((select nullif(t.last_answer, '') from transfer t
                           where t.business_id = $1 and t.payout_id = p.id order by t.id desc limit 1), p.note) end as why
from payout_run_member m
join payout p on p.business_id = $1 and p.id = m.payout_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where m.business_id = $1 and m.run_id = $2 and (p.status in ('failed', 'unknown') or (p.status = 'pending' and m.failure <> ''))
order by p.number
limit $3
