select kind, question, answer
from application_answer
where business_id = $1 and application_id = $2
order by place
