select a.id as affiliate_id, a.name as affiliate_name, a.email as affiliate_email, a.status as affiliate_status, d.currency,
       d.commissions, d.commissions_total,
       cast(coalesce((select sum(j.amount) from journal_posting j
                      where j.business_id = $1 and j.affiliate_id = d.affiliate_id and j.currency = d.currency
                        and j.account = 'clawback'), 0) as bigint) as clawback,
       cast(coalesce(g.amount, n.amount, 0) as bigint) as minimum
from (select c.affiliate_id, c.currency, cast(count(*) as bigint) as commissions,
             cast(sum(c.amount + c.adjusted - c.reversed + c.clawed_back) as bigint) as commissions_total
      from commission c
      where c.business_id = $1 and c.status = 'approved'
      group by c.affiliate_id, c.currency) as d
join affiliate a on a.business_id = $1 and a.id = d.affiliate_id
left join group_minimum g on g.business_id = $1 and g.group_id = a.group_id and g.currency = d.currency
left join payout_minimum n on n.business_id = $1 and n.currency = d.currency
where a.business_id = $1
order by d.commissions_total desc, a.id, d.currency
