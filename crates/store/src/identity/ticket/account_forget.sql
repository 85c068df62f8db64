delete from account_spent_ticket
where business_id = $1 and account_id = $2 and until_ms <= $3
