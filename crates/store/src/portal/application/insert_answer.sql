insert into application_answer (business_id, application_id, place, kind, question, answer)
values ($1, $2, $3, $4, $5, $6)
