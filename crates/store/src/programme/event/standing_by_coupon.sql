select p.id as partnership_id, p.affiliate_id, p.campaign_id, k.active as link_active,
       (select l.id from link l where l.business_id = $1 and l.partnership_id = p.id order by l.created_at_ms, l.id limit 1) as link_id,
       m.model, m.active as campaign_active, m.name as campaign_name, m.starts_at_ms, m.ends_at_ms, p.active as partnership_active,
       a.status as affiliate_status, a.name as affiliate_name, a.email as affiliate_email,
       a.country as affiliate_country, a.tags as affiliate_tags, a.group_id, a.parent_id
from coupon k
join partnership p on p.business_id = $1 and p.id = k.partnership_id
join campaign m on m.business_id = $1 and m.id = p.campaign_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
where k.business_id = $1 and k.code_folded = $2
