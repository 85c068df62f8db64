select seq, hash, payout_number
from journal_head
where business_id = $1
