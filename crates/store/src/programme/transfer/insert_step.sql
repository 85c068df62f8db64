insert into transfer_step (business_id, transfer_id, id, at_ms, asked, answered, state)
values ($1, $2, $3, $4, $5, $6, $7)
