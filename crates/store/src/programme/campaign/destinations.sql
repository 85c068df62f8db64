select distinct destination_url as value
from campaign
where business_id = $1
order by destination_url
