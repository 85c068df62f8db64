select cast(coalesce(sum(c.amount + c.adjusted - c.reversed), 0) as bigint) as value
from commission c
where c.business_id = $1 and c.affiliate_id = $2 and c.rule_id = $3 and c.currency = $4 and c.level = 0 and c.status <> 'rejected'
  and (cast($5 as text) is null or c.contact_id = $6)
  -- Added to, so that they are found by the affiliate and never by the days of the whole business.
  and c.day + 0 >= $7 and c.day + 0 < $8
