select p.id as partnership_id, p.affiliate_id, p.campaign_id, l.id as link_id, l.active as link_active,
       m.model, m.active as campaign_active, m.name as campaign_name, m.starts_at_ms, m.ends_at_ms, p.active as partnership_active,
       a.status as affiliate_status, a.name as affiliate_name, a.email as affiliate_email,
       a.country as affiliate_country, a.tags as affiliate_tags, a.group_id, a.parent_id
from link l
join partnership p on p.business_id = $1 and p.id = l.partnership_id
join campaign m on m.business_id = $1 and m.id = l.campaign_id
join affiliate a on a.business_id = $1 and a.id = l.affiliate_id
where l.business_id = $1 and l.code = $2
