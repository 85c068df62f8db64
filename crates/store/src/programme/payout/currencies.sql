select distinct currency as value
from commission
where business_id = $1 and affiliate_id = $2 and status = 'approved'
order by currency
