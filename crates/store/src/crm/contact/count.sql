select cast(count(*) as bigint) as value
from contact
where business_id = $1
  and (cast($2 as text) is null or affiliate_id = $3)
  and (cast($4 as text) is null or status = $4)
  and (cast($5 as text) is null or search_folded like $5 escape '\')
  and (cast($6 as text) is null or external_id = $6)
