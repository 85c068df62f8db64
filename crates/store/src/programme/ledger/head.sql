select seq, hash, payout_number, at_ms
from journal_head
where business_id = $1
