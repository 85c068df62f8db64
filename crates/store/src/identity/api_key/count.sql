select count(*) as value
from api_key
where business_id = $1
    and (cast($2 as text) is null or lower(name || ' ' || prefix) like $2 escape '\'
        or lower(name || ' ' || prefix) like lower(cast($3 as text)) escape '\')
    and (cast($4 as text) is null or $4 = case
        when revoked_at_ms is not null then 'revoked' when expires_at_ms <= $5 then 'expired' else 'active' end)
