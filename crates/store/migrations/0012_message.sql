-- What an affiliate and the business write to each other: one conversation an affiliate. The thread
-- counts what each side has not read, and keeps the latest message for lists.
create table message_thread (
    business_id {int} not null references business (id) on delete cascade,
    affiliate_id {id} not null,
    messages {int} not null,
    staff_unread {int} not null,
    affiliate_unread {int} not null,
    last_body {text} not null,
    last_author {text} not null,
    last_from_staff {bool} not null,
    last_at_ms {int} not null,
    primary key (business_id, affiliate_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id) on delete cascade
) {options};
create index message_thread_latest on message_thread (business_id, last_at_ms);
create index message_thread_unread on message_thread (business_id, staff_unread);

create table message (
    business_id {int} not null,
    affiliate_id {id} not null,
    number {int} not null,
    from_staff {bool} not null,
    author_name {text} not null,
    body {text} not null,
    created_at_ms {int} not null,
    primary key (business_id, affiliate_id, number),
    foreign key (business_id, affiliate_id) references message_thread (business_id, affiliate_id) on delete cascade
) {options};
