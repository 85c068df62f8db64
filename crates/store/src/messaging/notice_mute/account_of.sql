select a.id as value
from affiliate f
join account a on a.business_id = $1 and a.affiliate_id = f.id
where f.business_id = $1 and f.email_folded = $2
