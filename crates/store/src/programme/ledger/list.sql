-- The cursor is an entry's id; the order is the journal's own, because ids drawn in one millisecond have none.
select seq, id, at_ms, affiliate_id, currency, kind, commission_id, payout_id, event_id, previous_hash, hash
from journal_entry
where business_id = $1
  and (cast($2 as text) is null or affiliate_id = $3)
  and (cast($4 as text) is null or seq < (select x.seq from journal_entry x where x.business_id = $1 and x.id = $5))
order by seq desc
limit $6 offset $7
