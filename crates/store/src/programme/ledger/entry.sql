select seq, id, at_ms, affiliate_id, currency, kind, commission_id, payout_id, event_id, previous_hash, hash
from journal_entry
where business_id = $1 and seq = $2
