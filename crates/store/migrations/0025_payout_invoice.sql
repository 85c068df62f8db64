-- Who the business is on statements and self-billing invoices, and the last number that was given.
create table invoice_issuer (
    business_id {int} not null primary key references business (id) on delete cascade,
    legal_name {text} not null,
    street {text} not null,
    postcode {text} not null,
    city {text} not null,
    country {text} not null,
    vat_id {text} not null,
    prefix {text} not null,
    self_billing {bool} not null,
    remark {text} not null,
    last_number {int} not null
) {options};

-- One a paid payout, as it was issued. It names people and addresses, so that it is sealed.
create table payout_invoice (
    business_id {int} not null,
    payout_id {id} not null,
    number {int} not null,
    name {text} not null,
    sealed {bytes} not null,
    issued_at_ms {int} not null,
    primary key (business_id, payout_id),
    unique (business_id, number),
    foreign key (business_id, payout_id) references payout (business_id, id)
) {options};
