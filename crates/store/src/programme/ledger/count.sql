select cast(count(*) as bigint) as value
from journal_entry
where business_id = $1
  and (cast($2 as text) is null or affiliate_id = $3)
  and (cast($4 as text) is null or currency = $4)
  and (cast($5 as text) is null or kind = $5)
  and (cast($6 as text) is null or commission_id = $7)
  and (cast($8 as text) is null or payout_id = $9)
  and (cast($10 as text) is null or event_id = $11)
  and (cast($12 as bigint) is null or at_ms >= $12)
  and (cast($13 as bigint) is null or at_ms < $13)
  and (cast($14 as text) is null or affiliate_id in (
      select a.id from affiliate a where a.business_id = $1 and a.search_folded like $14 escape '\'))
