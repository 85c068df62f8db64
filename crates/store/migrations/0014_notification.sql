-- What an account is told in the portal. Old ones are cleaned up.
create table notification (
    business_id {int} not null,
    id {id} not null,
    account_id {id} not null,
    kind {text} not null,
    detail {text} not null,
    path {text} not null,
    unread {bool} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};
create index notification_account on notification (business_id, account_id, created_at_ms);
create index notification_unread on notification (business_id, account_id, unread);
create index notification_age on notification (business_id, created_at_ms);
