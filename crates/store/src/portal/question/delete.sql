delete from application_question
where business_id = $1 and id = $2
