insert into event_input (business_id, event_id, inputs)
values ($1, $2, $3)
