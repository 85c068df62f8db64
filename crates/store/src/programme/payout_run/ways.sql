select d.status, d.currency, d.method, d.provider, cast(count(*) as bigint) as count, cast(coalesce(sum(d.amount), 0) as bigint) as amount
from (select p.status, p.currency, p.amount,
             (select k.kind from payout_method k
              where k.business_id = $1 and k.affiliate_id = p.affiliate_id order by k.id desc limit 1) as method,
             (select t.provider from transfer t
              where t.business_id = $1 and t.payout_id = p.id order by t.id desc limit 1) as provider
      from payout_run_member m
      join payout p on p.business_id = $1 and p.id = m.payout_id
      where m.business_id = $1 and m.run_id = $2) as d
group by d.status, d.currency, d.method, d.provider
order by d.currency, d.method, d.provider, d.status
