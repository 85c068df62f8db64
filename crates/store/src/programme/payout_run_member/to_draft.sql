select m.affiliate_id, m.currency, a.status as affiliate_status, a.payout_method,
       (select k.holds_until_ms from payout_method k
        where k.business_id = $1 and k.affiliate_id = m.affiliate_id order by k.id desc limit 1) as holds_until_ms,
       cast(coalesce((select sum(c.amount + c.adjusted - c.reversed + c.clawed_back) from commission c
                      where c.business_id = $1 and c.affiliate_id = m.affiliate_id and c.status = 'approved' and c.currency = m.currency
                        and not exists (select 1 from commission_step t
                                        where t.business_id = $1 and t.commission_id = c.id and (t.line = 1 or t.kind in ('approved', 'adjustment'))
                                          and t.at_ms >= $3)), 0) as bigint) as commissions_total,
       cast(coalesce((select sum(j.amount) from journal_posting j
                      where j.business_id = $1 and j.affiliate_id = m.affiliate_id and j.currency = m.currency
                        and j.account = 'clawback'), 0) as bigint) as clawback
from payout_run_member m
join affiliate a on a.business_id = $1 and a.id = m.affiliate_id
where m.business_id = $1 and m.run_id = $2 and m.included = $4 and m.stage = 0
order by m.affiliate_id, m.currency
limit $5
