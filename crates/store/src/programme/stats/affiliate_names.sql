select id, name
from affiliate
where business_id = $1 and (cast($2 as text) is null or id = $3)
