alter table setting add column magic_links {bool} not null default {false};

-- The accounts that a session's proof opened: its person may switch between them without another proof.
create table session_reach (
    business_id {int} not null references business (id) on delete cascade,
    session_id {id} not null,
    account_id {id} not null,
    primary key (business_id, session_id, account_id),
    foreign key (business_id, session_id) references account_session (business_id, id) on delete cascade,
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};
create index session_reach_account on session_reach (business_id, account_id);
