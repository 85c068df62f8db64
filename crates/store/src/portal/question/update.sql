update application_question
set place = $3, kind = $4, label = $5, hint = $6, choices = $7, required = $8
where business_id = $1 and id = $2
