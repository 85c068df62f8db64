-- The last number that was given to a credit note.
create table payout_credit_series (
    business_id {int} not null primary key references business (id) on delete cascade,
    last_number {int} not null
) {options};

-- One for each invoice of a payout whose money came back, as it was issued; sealed as the invoice is.
create table payout_credit (
    business_id {int} not null,
    payout_id {id} not null,
    number {int} not null,
    name {text} not null,
    sealed {bytes} not null,
    issued_at_ms {int} not null,
    primary key (business_id, payout_id),
    unique (business_id, number),
    foreign key (business_id, payout_id) references payout_invoice (business_id, payout_id)
) {options};

-- Who wants no mail when a payout is paid wants none when it is made either, until they say so.
insert into notice_mute (business_id, account_id, kind)
select business_id, account_id, 'payout_made'
from notice_mute
where kind = 'payout_paid';
