select count(*) as value
from campaign
where business_id = $1
    and (cast($2 as text) is null or name_folded like $2 escape '\')
    and (active = $3 or $3 is null)
