insert into session_reach (business_id, session_id, account_id)
values ($1, $2, $3)
