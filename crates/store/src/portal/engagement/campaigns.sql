select p.id as partnership_id, c.name, p.active, p.created_at_ms as joined_at_ms
from partnership p
join campaign c on c.business_id = $1 and c.id = p.campaign_id
where p.business_id = $1 and p.affiliate_id = $2
order by p.id desc
limit $3
