select p.company, p.country, p.street, p.city, p.postcode
from account a
join account_profile p on p.business_id = $1 and p.account_id = a.id
where a.business_id = $1 and a.affiliate_id = $2
order by a.id
limit 1
