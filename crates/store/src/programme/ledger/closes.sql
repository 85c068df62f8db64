select month, until_ms, seq, hash, closed_at_ms, actor_name
from month_close
where business_id = $1
order by month
