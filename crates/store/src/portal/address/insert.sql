insert into address_change (business_id, code_id, account_id)
values ($1, $2, $3)
