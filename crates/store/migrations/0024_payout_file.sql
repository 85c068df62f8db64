-- The business's own account, which payment files are paid from.
create table payout_debtor (
    business_id {int} not null primary key references business (id) on delete cascade,
    sealed {bytes} not null,
    masked {text} not null,
    updated_at_ms {int} not null
) {options};

-- Payment files as they were handed out. They hold account numbers, so that they are sealed.
create table payout_file (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    run_id {id},
    format {text} not null,
    name {text} not null,
    payments {int} not null,
    currency {text} not null,
    amount {int} not null,
    sha256 {bytes} not null,
    made_by {text} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, run_id) references payout_run (business_id, id)
) {options};
create index payout_file_run on payout_file (business_id, run_id);

create table payout_file_content (
    business_id {int} not null,
    file_id {id} not null,
    sealed {bytes} not null,
    primary key (business_id, file_id),
    foreign key (business_id, file_id) references payout_file (business_id, id) on delete cascade
) {options};

-- A payout is in one file that waits for its answer.
create table payout_file_line (
    business_id {int} not null,
    file_id {id} not null,
    payout_id {id} not null,
    answered {bool} not null,
    primary key (business_id, file_id, payout_id),
    foreign key (business_id, file_id) references payout_file (business_id, id) on delete cascade,
    foreign key (business_id, payout_id) references payout (business_id, id)
) {options};
create unique index payout_file_line_open on payout_file_line (business_id, payout_id) where answered = {false};

-- Files that tell how payments went: looked at first, then taken over as a whole.
create table payout_result (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    sha256 {bytes} not null,
    sealed {bytes} not null,
    read_by {text} not null,
    created_at_ms {int} not null,
    applied_by {text},
    applied_at_ms {int},
    paid {int} not null,
    failed {int} not null,
    primary key (business_id, id),
    unique (business_id, sha256)
) {options};
