select seq, id, at_ms, affiliate_id, currency, kind, commission_id, payout_id, event_id, previous_hash, hash
from journal_entry
where business_id = $1 and seq > $2 and seq <= $3 and (cast($4 as text) is null or affiliate_id = $5)
order by seq
limit $6
