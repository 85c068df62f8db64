select id, place, kind, label, hint, choices, required
from application_question
where business_id = $1
order by place, id
