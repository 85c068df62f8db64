select r.id, r.number, r.state, r.until_day, r.before_ms, r.group_id, g.name as group_name, r.method, r.currency, r.made_by, r.submitted_by, r.submitted_name,
       r.submitted_at_ms, r.submitted_totals, r.approved_name, r.approved_at_ms, r.paid_method, r.paid_reference, r.paid_note, r.paid_at_ms,
       r.finished, r.total, r.work_began_at_ms, r.created_at_ms, r.updated_at_ms
from payout_run r
left join affiliate_group g on g.business_id = $1 and g.id = r.group_id
where r.business_id = $1
  and (cast($2 as text) is null or r.state = $2)
  and (cast($3 as text) is null or cast(r.number as text) like $3 escape '\' or lower(r.made_by) like $3 escape '\'
       or lower(r.made_by) like lower(cast($4 as text)) escape '\' or g.name_folded like $3 escape '\')
  and (cast($5 as text) is null or r.id < $6)
order by {order}
limit $7 offset $8
