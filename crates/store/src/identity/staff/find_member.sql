select s.id, s.email, s.name, m.role, m.created_at_ms
from staff_member m
join staff s on s.id = m.staff_id
where m.business_id = $1 and m.staff_id = $2
