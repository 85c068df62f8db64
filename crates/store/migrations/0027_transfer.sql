-- The execution of a payout by a provider. The id is the idempotency key there. The request is sealed and
-- stored before the provider hears of it.
create table transfer (
    business_id {int} not null,
    id {id} not null,
    payout_id {id} not null,
    provider_id {id} not null,
    provider {text} not null,
    request {bytes} not null,
    request_hash {text} not null,
    amount {int} not null,
    currency {text} not null,
    state {text} not null,
    provider_ref {text},
    attempts {int} not null,
    called_at_ms {int},
    next_at_ms {int} not null,
    last_answer {text} not null,
    told_at_ms {int},
    contradicted_at_ms {int},
    created_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, payout_id) references payout (business_id, id),
    foreign key (business_id, provider_id) references provider (business_id, id)
) {options};
-- A payout is executed once: another transfer only after the one before has failed.
create unique index transfer_live on transfer (business_id, payout_id) where state <> 'failed';
create index transfer_payout on transfer (business_id, payout_id, id);
create index transfer_due on transfer (business_id, state, next_at_ms);
create index transfer_reference on transfer (business_id, provider, provider_ref);

-- What was asked and answered, without what is personal.
create table transfer_step (
    business_id {int} not null,
    transfer_id {id} not null,
    id {id} not null,
    at_ms {int} not null,
    asked {text} not null,
    answered {text} not null,
    state {text} not null,
    primary key (business_id, transfer_id, id),
    foreign key (business_id, transfer_id) references transfer (business_id, id)
) {options};
