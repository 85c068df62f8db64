-- {ids} stands for the events.
select event_id, via, click_id, affiliate_id, campaign_id, verdict
from attribution_candidate
where business_id = $1 and event_id in ({ids})
order by event_id, line
