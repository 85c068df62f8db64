select count(*) as value
from payout_run r
left join affiliate_group g on g.business_id = $1 and g.id = r.group_id
where r.business_id = $1
  and (cast($2 as text) is null or r.state = $2)
  and (cast($3 as text) is null or cast(r.number as text) like $3 escape '\' or lower(r.made_by) like $3 escape '\'
       or lower(r.made_by) like lower(cast($4 as text)) escape '\' or g.name_folded like $3 escape '\')
