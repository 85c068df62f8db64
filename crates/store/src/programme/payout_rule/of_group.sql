select weekday, month_day, methods
from group_payout_rule
where business_id = $1 and group_id = $2
