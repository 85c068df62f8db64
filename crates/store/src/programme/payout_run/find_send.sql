select provider, again, began_name, began_at_ms
from payout_run_send
where business_id = $1 and run_id = $2
