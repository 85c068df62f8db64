select count(*) as value
from mail
where business_id = $1
    and (cast($2 as text) is null or state = $2)
    and (cast($3 as text) is null or kind = $3)
    and (cast($4 as text) is null or search_folded like $4 escape '\')
