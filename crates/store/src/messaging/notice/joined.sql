select
    p.affiliate_id, c.name as campaign_name, c.description as guidelines,
    (p.active and c.active) as active, l.code
from partnership p
join campaign c on c.business_id = $1 and c.id = p.campaign_id
left join link l on l.business_id = $1 and l.partnership_id = p.id
where p.business_id = $1 and p.id = $2
order by l.id
limit 1
