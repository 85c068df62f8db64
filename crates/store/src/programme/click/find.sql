select id, link_id, partnership_id, affiliate_id, campaign_id, visitor_id, clicked_at_ms, expires_at_ms, day, counted, uncounted_reason,
    url, referrer, ip_prefix, user_agent, sub_ids
from click
where business_id = $1 and id = $2
