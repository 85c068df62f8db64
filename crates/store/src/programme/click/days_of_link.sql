select day, link_id, affiliate_id, campaign_id, clicks, unique_clicks, uncounted_clicks
from click_day
where business_id = $1 and link_id = $2
order by day desc
