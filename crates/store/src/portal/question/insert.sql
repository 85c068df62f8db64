insert into application_question (business_id, id, place, kind, label, hint, choices, required)
values ($1, $2, $3, $4, $5, $6, $7, $8)
