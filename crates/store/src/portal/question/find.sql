select id, place, kind, label, hint, choices, required
from application_question
where business_id = $1 and id = $2
