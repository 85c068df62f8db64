select id, partnership_id, affiliate_id, campaign_id, code, label, target_url, active, created_at_ms
from link
where business_id = $1 and affiliate_id = $2
order by id
