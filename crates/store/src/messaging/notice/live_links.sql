select p.id as partnership_id, c.name as campaign_name, c.description as guidelines, l.code
from partnership p
join campaign c on c.business_id = $1 and c.id = p.campaign_id
join link l on l.business_id = $1 and l.partnership_id = p.id
where p.business_id = $1 and p.affiliate_id = $2 and p.active = $3 and c.active = $3 and l.active = $3
order by p.id, l.id
