select a.country as value, count(*) as affiliates
from affiliate a
where a.business_id = $1 and a.country is not null
group by a.country
order by affiliates desc, value
limit $2
