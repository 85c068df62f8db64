select r.base, r.currency, r.day, r.nano, r.source
from exchange_rate r
where r.business_id = $1
  and r.day = (select max(x.day) from exchange_rate x
               where x.business_id = $1 and x.base = r.base and x.currency = r.currency and x.day <= $2)
order by r.base, r.currency
