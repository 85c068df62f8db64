select number, from_staff, author_name, body, created_at_ms
from message
where business_id = $1 and affiliate_id = $2 and (cast($3 as bigint) is null or number < $3)
order by number desc
limit $4
