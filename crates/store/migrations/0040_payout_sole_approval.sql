-- What one person has approved alone lately, so that a large payment cannot be split into several small ones. The subject is
-- the payout or the run.
create table payout_sole_approval (
    business_id {int} not null references business (id) on delete cascade,
    subject {text} not null,
    currency {text} not null,
    amount {int} not null,
    actor {text} not null,
    by_key {bool} not null,
    at_ms {int} not null,
    primary key (business_id, subject, currency)
) {options};
create index payout_sole_approval_age on payout_sole_approval (business_id, at_ms);
