select k.id, k.code, k.active, k.partnership_id, p.active as partnership_active, p.affiliate_id, a.status as affiliate_status,
    p.campaign_id, c.active as campaign_active, c.starts_at_ms, c.ends_at_ms
from coupon k
join partnership p on p.business_id = $1 and p.id = k.partnership_id
join affiliate a on a.business_id = $1 and a.id = p.affiliate_id
join campaign c on c.business_id = $1 and c.id = p.campaign_id
where k.business_id = $1 and k.code_folded = $2
