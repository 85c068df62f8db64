-- Host names of portals, without a tenant in the key: a request brings a name and nothing else.
create table host_name (
    name {text} not null primary key,
    business_id {int} not null references business (id) on delete cascade,
    active {bool} not null default {false},
    main {bool} not null default {false},
    checked_at_ms {int},
    created_at_ms {int} not null
) {options};
create index host_name_business on host_name (business_id, name);
