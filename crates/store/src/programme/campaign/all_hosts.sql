select campaign_id, host
from campaign_host
where business_id = $1
order by campaign_id, host
