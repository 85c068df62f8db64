select nth, arrived, fee, noted_by, noted_at_ms
from payout_return
where business_id = $1 and payout_id = $2
order by nth desc
