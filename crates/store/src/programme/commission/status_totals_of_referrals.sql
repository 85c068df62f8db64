-- {ids} stands for the referrals.
select c.status, c.currency, cast(count(*) as bigint) as count,
       cast(coalesce(sum(c.amount + c.adjusted - c.reversed), 0) as bigint) as amount
from commission c
where c.business_id = $1 and c.referral_id in ({ids}) and c.status in ('pending', 'approved')
group by c.status, c.currency
order by c.currency
