select status, cast(count(*) as bigint) as contacts
from contact
where business_id = $1
  and (cast($2 as text) is null or affiliate_id = $3)
  and (cast($4 as text) is null or search_folded like $4 escape '\')
group by status
