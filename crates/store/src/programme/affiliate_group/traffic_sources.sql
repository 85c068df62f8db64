select a.traffic_source as value, count(*) as affiliates
from affiliate a
where a.business_id = $1 and a.traffic_source is not null
group by a.traffic_source
order by affiliates desc, value
limit $2
