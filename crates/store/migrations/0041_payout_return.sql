-- What arrived when the money of a payout came back and a bank or provider kept a part of it. The affiliate is owed the whole
-- again; the fee is the business's own cost and in nobody's ledger. A payout may come back, be sent again and come back again.
create table payout_return (
    business_id {int} not null,
    payout_id {id} not null,
    nth {int} not null,
    arrived {int} not null,
    fee {int} not null,
    noted_by {text} not null,
    noted_at_ms {int} not null,
    primary key (business_id, payout_id, nth),
    foreign key (business_id, payout_id) references payout (business_id, id)
) {options};

-- The files that a payout was in, also those that have been answered: a bank's entry is ours only with one.
create index payout_file_line_payout on payout_file_line (business_id, payout_id);

-- What one person has approved alone lately, a row for each of them: who approves the same again does not take away what
-- another has approved before.
create table payout_sole_note (
    business_id {int} not null references business (id) on delete cascade,
    subject {text} not null,
    currency {text} not null,
    actor {text} not null,
    by_key {bool} not null,
    amount {int} not null,
    at_ms {int} not null,
    primary key (business_id, subject, currency, actor)
) {options};
create index payout_sole_note_age on payout_sole_note (business_id, at_ms);
insert into payout_sole_note (business_id, subject, currency, actor, by_key, amount, at_ms)
select business_id, subject, currency, actor, by_key, amount, at_ms
from payout_sole_approval;
drop table payout_sole_approval;
