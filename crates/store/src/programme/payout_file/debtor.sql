select sealed, masked, updated_at_ms
from payout_debtor
where business_id = $1
