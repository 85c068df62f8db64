-- When and how a business and its groups pay. How often is in `setting` and `affiliate_group`.
create table payout_rule (
    business_id {int} not null primary key references business (id) on delete cascade,
    weekday {int} not null,
    month_day {int} not null,
    methods {text} not null,
    two_step {bool} not null
) {options};

-- What a group has of its own; none: as the business.
create table group_payout_rule (
    business_id {int} not null,
    group_id {id} not null,
    weekday {int},
    month_day {int},
    methods {text} not null,
    primary key (business_id, group_id),
    foreign key (business_id, group_id) references affiliate_group (business_id, id) on delete cascade
) {options};

-- Above this a second person has to approve.
create table payout_limit (
    business_id {int} not null references business (id) on delete cascade,
    currency {text} not null,
    amount {int} not null,
    primary key (business_id, currency)
) {options};

-- Affiliates who asked to be paid.
create table payout_request (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    affiliate_id {id} not null,
    currency {text} not null,
    amount {int} not null,
    state {text} not null,
    payout_id {id},
    created_at_ms {int} not null,
    settled_at_ms {int},
    primary key (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};
create unique index payout_request_open on payout_request (business_id, affiliate_id, currency) where state = 'open';
create index payout_request_affiliate on payout_request (business_id, affiliate_id, id);
create index payout_request_state on payout_request (business_id, state, id);

-- A run pays many affiliates together: chosen, drafted, submitted, approved, paid.
create table payout_run (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    number {int} not null,
    state {text} not null,
    until_day {int} not null,
    before_ms {int} not null,
    group_id {id},
    method {text},
    currency {text},
    made_by {text} not null,
    submitted_by {text},
    submitted_name {text},
    submitted_at_ms {int},
    submitted_totals {text},
    approved_name {text},
    approved_at_ms {int},
    paid_method {text},
    paid_reference {text},
    paid_note {text},
    paid_at_ms {int},
    finished {int} not null,
    total {int} not null,
    work_began_at_ms {int},
    created_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, number)
) {options};
create index payout_run_state on payout_run (business_id, state, id);

-- Whoever had something approved when the run was looked at. `stage` counts the works that are through with it.
create table payout_run_member (
    business_id {int} not null,
    run_id {id} not null,
    affiliate_id {id} not null,
    currency {text} not null,
    commissions {int} not null,
    commissions_total {int} not null,
    carried_forward {int} not null,
    minimum {int} not null,
    obstacle {text},
    included {bool} not null,
    stage {int} not null,
    payout_id {id},
    failure {text} not null,
    primary key (business_id, run_id, affiliate_id, currency),
    foreign key (business_id, run_id) references payout_run (business_id, id) on delete cascade,
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, payout_id) references payout (business_id, id)
) {options};
create index payout_run_member_stage on payout_run_member (business_id, run_id, included, stage);
create index payout_run_member_payout on payout_run_member (business_id, payout_id);
