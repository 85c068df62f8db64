select count(*) as value
from audit_entry
where business_id = $1
    and (cast($2 as text) is null or lower(actor_name || ' ' || action || ' ' || detail) like $2 escape '\')
    and (cast($3 as text) is null or subject = $3)
    and (cast($4 as text) is null or subject_id = $4)
    and (cast($5 as text) is null or actor_kind = $5)
