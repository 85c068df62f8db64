select l.id as link_id, l.partnership_id, l.affiliate_id, l.campaign_id, l.code, l.target_url, l.active as link_active,
    p.active as partnership_active, a.status as affiliate_status,
    c.name as campaign_name, c.active as campaign_active, c.starts_at_ms, c.ends_at_ms,
    c.destination_url, c.link_parameter, c.cookie_days, c.model
from link l
join partnership p on p.business_id = $1 and p.id = l.partnership_id
join affiliate a on a.business_id = $1 and a.id = l.affiliate_id
join campaign c on c.business_id = $1 and c.id = l.campaign_id
where l.business_id = $1 and l.id = $2
