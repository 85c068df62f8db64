select a.id as affiliate_id, d.currency, d.commissions, d.commissions_total, a.status as affiliate_status,
       cast(coalesce((select sum(j.amount) from journal_posting j
                      where j.business_id = $1 and j.affiliate_id = d.affiliate_id and j.currency = d.currency
                        and j.account = 'clawback'), 0) as bigint) as clawback,
       cast(coalesce(n.amount, b.amount, 0) as bigint) as minimum,
       (select m.kind from payout_method m
        where m.business_id = $1 and m.affiliate_id = a.id order by m.id desc limit 1) as method,
       (select m.holds_until_ms from payout_method m
        where m.business_id = $1 and m.affiliate_id = a.id order by m.id desc limit 1) as holds_until_ms,
       coalesce(g.payout_frequency, s.payout_frequency) as frequency, coalesce(o.weekday, r.weekday, 1) as weekday,
       coalesce(o.month_day, r.month_day, 1) as month_day,
       case when coalesce(o.methods, '') <> '' then o.methods else coalesce(r.methods, '') end as methods,
       coalesce(a.approved_at_ms, a.created_at_ms) as joined_at_ms,
       (select max(p.created_at_ms) from payout p
        where p.business_id = $1 and p.affiliate_id = a.id and p.currency = d.currency and p.status not in ('cancelled', 'returned')) as last_payout_at_ms,
       (select count(*) from payout_request q
        where q.business_id = $1 and q.affiliate_id = a.id and q.currency = d.currency and q.state = 'open') as requests
from (select c.affiliate_id, c.currency, cast(count(*) as bigint) as commissions,
             cast(sum(c.amount + c.adjusted - c.reversed + c.clawed_back) as bigint) as commissions_total
      from commission c
      where c.business_id = $1 and c.status = 'approved' and (cast($3 as text) is null or c.currency = $3)
        and not exists (select 1 from commission_step t
                        where t.business_id = $1 and t.commission_id = c.id and (t.line = 1 or t.kind in ('approved', 'adjustment')) and t.at_ms >= $2)
      group by c.affiliate_id, c.currency) as d
join affiliate a on a.business_id = $1 and a.id = d.affiliate_id
join setting s on s.business_id = $1
left join payout_rule r on r.business_id = $1
left join affiliate_group g on g.business_id = $1 and g.id = a.group_id
left join group_payout_rule o on o.business_id = $1 and o.group_id = a.group_id
left join group_minimum n on n.business_id = $1 and n.group_id = a.group_id and n.currency = d.currency
left join payout_minimum b on b.business_id = $1 and b.currency = d.currency
where a.business_id = $1 and (cast($4 as text) is null or a.group_id = $5)
order by a.id, d.currency
