select c.visitor_id, v.visitor_id is not null as linked
from click c
left join contact_visitor v on v.business_id = $1 and v.contact_id = $3 and v.visitor_id = c.visitor_id
where c.business_id = $1 and c.id = $2
