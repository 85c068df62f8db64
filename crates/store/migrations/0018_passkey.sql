-- Passkeys: the public half of a key that the person's device holds, bound to a host name. `data` is what
-- the library needs to check it; `counter` is the last number the device told, kept beside it so that a
-- use can be compared and set. What is given out sealed and may be used once (challenges, choices of an account) is
-- noted as spent when it is used.
create table account_passkey (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    id {id} not null,
    name {text} not null,
    host {text} not null,
    credential {text} not null,
    data {text} not null,
    counter {int} not null,
    created_at_ms {int} not null,
    used_at_ms {int},
    primary key (business_id, account_id, id),
    unique (business_id, host, credential),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

create table account_spent_ticket (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    ticket {text} not null,
    until_ms {int} not null,
    primary key (business_id, account_id, ticket),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

create table staff_passkey (
    staff_id {id} not null references staff (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    host {text} not null,
    credential {text} not null,
    data {text} not null,
    counter {int} not null,
    created_at_ms {int} not null,
    used_at_ms {int},
    primary key (staff_id, id),
    unique (host, credential)
) {options};

create table staff_spent_ticket (
    staff_id {id} not null references staff (id) on delete cascade,
    ticket {text} not null,
    until_ms {int} not null,
    primary key (staff_id, ticket)
) {options};
