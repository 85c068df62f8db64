select id, name, sha256, read_by, created_at_ms, applied_by, applied_at_ms, paid, failed, returned
from payout_result
where business_id = $1 and sha256 = $2
