select c.id as click_id, c.visitor_id, c.link_id, c.partnership_id, c.affiliate_id, c.campaign_id, c.clicked_at_ms,
       c.expires_at_ms, c.counted, c.uncounted_reason, l.active as link_active,
       m.model, m.active as campaign_active, m.name as campaign_name, m.starts_at_ms, m.ends_at_ms, p.active as partnership_active,
       a.status as affiliate_status, a.name as affiliate_name, a.email as affiliate_email,
       a.country as affiliate_country, a.tags as affiliate_tags, a.group_id, a.parent_id
from contact_visitor v
join click c on c.business_id = $1 and c.visitor_id = v.visitor_id
join link l on l.business_id = $1 and l.id = c.link_id
join partnership p on p.business_id = $1 and p.id = c.partnership_id
join campaign m on m.business_id = $1 and m.id = c.campaign_id
join affiliate a on a.business_id = $1 and a.id = c.affiliate_id
where v.business_id = $1 and v.contact_id = $2
order by c.clicked_at_ms desc, c.id desc
limit 2000
