select b.id, b.slug, b.name, b.currency, b.timezone, b.language, b.demo, b.created_at_ms
from staff_route r
join business b on b.id = r.business_id
where r.staff_id = $1
order by b.name, b.id
