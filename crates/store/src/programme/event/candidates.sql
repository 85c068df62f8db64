select via, click_id, affiliate_id, campaign_id, link_id, clicked_at_ms, verdict, detail
from attribution_candidate
where business_id = $1 and event_id = $2
order by line
