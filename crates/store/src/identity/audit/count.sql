select count(*) as value
from audit_entry
where business_id = $1
    and (cast($2 as text) is null or lower(actor_name || ' ' || action || ' ' || detail) like $2 escape '\'
        or lower(actor_name || ' ' || action || ' ' || detail) like lower(cast($3 as text)) escape '\')
    and (cast($4 as text) is null or subject = $4)
    and (cast($5 as text) is null or subject_id = $5)
    and (cast($6 as text) is null or actor_kind = $6)
