select business_id, link_id
from link_route
where code = $1
