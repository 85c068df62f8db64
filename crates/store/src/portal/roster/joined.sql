select day, cast(count(*) as bigint) as accounts
from account_activity
where business_id = $1 and day >= $2 and day <= $3
group by day
order by day
