-- The second step of a log-in: codes of an authenticator app, and codes for the day the phone is lost. A
-- session that waits for it opens nothing else. `step` is the last time step that was used.
create table account_totp (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    sealed {bytes} not null,
    step {int} not null,
    tries {int} not null,
    tries_since_ms {int} not null,
    confirmed_at_ms {int},
    created_at_ms {int} not null,
    primary key (business_id, account_id),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

create table account_recovery_code (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    code_mac {text} not null,
    primary key (business_id, account_id, code_mac),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

create table staff_totp (
    staff_id {id} not null primary key references staff (id) on delete cascade,
    sealed {bytes} not null,
    step {int} not null,
    tries {int} not null,
    tries_since_ms {int} not null,
    confirmed_at_ms {int},
    created_at_ms {int} not null
) {options};

create table staff_recovery_code (
    staff_id {id} not null references staff (id) on delete cascade,
    code_mac {text} not null,
    primary key (staff_id, code_mac)
) {options};

alter table account_session add column second_step {bool} not null default {false};
alter table staff_session add column second_step {bool} not null default {false};
