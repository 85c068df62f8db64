select m.affiliate_id, a.name as affiliate_name, a.email as affiliate_email, m.currency, m.commissions, m.commissions_total,
       m.carried_forward, m.minimum, m.obstacle, m.included, m.stage, m.payout_id, p.number as payout_number, p.status as payout_status,
       p.amount as payout_amount,
       case when p.status is null or p.status in ('draft', 'pending') then m.failure else '' end as failure
from payout_run_member m
join affiliate a on a.business_id = $1 and a.id = m.affiliate_id
left join payout p on p.business_id = $1 and p.id = m.payout_id
where m.business_id = $1 and m.run_id = $2 and (cast($3 as text) is null or m.included = $4)
  and (cast($5 as text) is null or m.affiliate_id > $6 or (m.affiliate_id = $6 and m.currency > $7))
  and (cast($8 as text) is null or a.search_folded like $8 escape '\')
order by m.affiliate_id, m.currency
limit $9
