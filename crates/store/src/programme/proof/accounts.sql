select affiliate_id, currency, account, cast(sum(amount) as bigint) as amount
from (select j.affiliate_id, j.currency, j.account, j.amount
      from journal_posting j
      where j.business_id = $1 and j.account in ('pending', 'approved', 'in_payout', 'paid')
      union all
      select c.affiliate_id, c.currency, c.status, -(c.amount + c.adjusted - c.reversed + c.clawed_back)
      from commission c
      where c.business_id = $1 and c.status in ('pending', 'approved')
      union all
      select p.affiliate_id, p.currency, 'in_payout', -p.amount
      from payout p
      where p.business_id = $1 and p.status in ('draft', 'pending', 'sending', 'failed', 'unknown')
      union all
      select q.affiliate_id, q.currency, 'paid', -q.amount
      from payout q
      where q.business_id = $1 and q.status = 'paid') as sides
group by affiliate_id, currency, account
having sum(amount) <> 0
order by affiliate_id, currency, account
limit $2
