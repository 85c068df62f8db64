insert into staff_spent_ticket (staff_id, ticket, until_ms)
values ($1, $2, $3)
on conflict do nothing
