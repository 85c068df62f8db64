-- Whether affiliates may bring affiliates, one a business; and how their names are shown to who brought them.
create table team_setting (
    business_id {int} not null primary key references business (id) on delete cascade,
    open {bool} not null,
    names {text} not null,
    updated_at_ms {int} not null
) {options};
