select id, at_ms, actor_kind, actor_id, actor_name, action, subject, subject_id, detail
from audit_entry
where business_id = $1 and (actor_id = $2 or subject_id = $2)
order by id desc
limit $3
