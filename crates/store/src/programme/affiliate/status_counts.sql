select status, count(*) as affiliates
from affiliate
where business_id = $1
group by status
