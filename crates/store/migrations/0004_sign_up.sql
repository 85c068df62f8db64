alter table setting add column allow_duplicate_contact {bool} not null default {false};
alter table setting add column sign_up_open {bool} not null default {true};

-- What was typed at sign-up, until the right code makes an account of it. Nothing else knows of it before.
create table sign_up (
    business_id {int} not null references business (id) on delete cascade,
    code_id {id} not null,
    name {text} not null,
    password_hash {text} not null,
    created_at_ms {int} not null,
    primary key (business_id, code_id),
    foreign key (business_id, code_id) references login_code (business_id, id) on delete cascade
) {options};
create index sign_up_age on sign_up (business_id, created_at_ms);
