insert into commission_credit (business_id, commission_id, credit_id)
values ($1, $2, $3)
