-- A dispute (chargeback) of a sale. It is known by its first event; `taken` is what of the sale it takes back at
-- the moment, which is in the sale's `refunded` too.
create table dispute (
    business_id {int} not null,
    event_id {id} not null,
    source {text} not null,
    external_id {text} not null,
    sale_id {id} not null,
    amount {int} not null,
    taken {int} not null,
    status {text} not null,
    decided_at_ms {int} not null,
    primary key (business_id, event_id),
    unique (business_id, source, external_id),
    foreign key (business_id, event_id) references event (business_id, id),
    foreign key (business_id, sale_id) references event (business_id, id)
) {options};
create index dispute_sale on dispute (business_id, sale_id);

-- What was reported of it, in the order of arrival, each with the event that records it.
create table dispute_report (
    business_id {int} not null,
    dispute_id {id} not null,
    line {int} not null,
    event_id {id} not null,
    status {text} not null,
    occurred_at_ms {int} not null,
    counted {bool} not null,
    primary key (business_id, dispute_id, line),
    foreign key (business_id, dispute_id) references dispute (business_id, event_id),
    foreign key (business_id, event_id) references event (business_id, id)
) {options};

-- What a won dispute gives back of a commission whose clawback an earlier payout has settled: a commission of its
-- own, which later refunds of the sale take from first.
create table commission_credit (
    business_id {int} not null,
    commission_id {id} not null,
    credit_id {id} not null,
    primary key (business_id, commission_id, credit_id),
    foreign key (business_id, commission_id) references commission (business_id, id),
    foreign key (business_id, credit_id) references commission (business_id, id)
) {options};
