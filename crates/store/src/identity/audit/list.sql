select id, at_ms, actor_kind, actor_id, actor_name, action, subject, subject_id, detail
from audit_entry
where business_id = $1
    and (cast($2 as text) is null or lower(actor_name || ' ' || action || ' ' || detail) like $2 escape '\'
        or lower(actor_name || ' ' || action || ' ' || detail) like lower(cast($3 as text)) escape '\')
    and (cast($4 as text) is null or subject = $4)
    and (cast($5 as text) is null or subject_id = $5)
    and (cast($6 as text) is null or actor_kind = $6)
    and (cast($7 as text) is null or id < $8)
order by {order}
limit $9 offset $10
