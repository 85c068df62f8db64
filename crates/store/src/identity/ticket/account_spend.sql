insert into account_spent_ticket (business_id, account_id, ticket, until_ms)
values ($1, $2, $3, $4)
on conflict do nothing
