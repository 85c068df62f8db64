select count(*) as value
from application
where business_id = $1
    and (cast($2 as text) is null or state = $2)
    and (cast($3 as text) is null or search_folded like $3 escape '\')
