select count(*) as value
from affiliate_group g
where g.business_id = $1
    and (cast($2 as text) is null or g.name_folded like $2 escape '\')
