-- When the accounts of the portal were used. Sessions go when they end; this stays. The day is that of the
-- first log-in, which is the day somebody joined.
create table account_activity (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    day {int} not null,
    first_log_in_at_ms {int} not null,
    last_seen_at_ms {int} not null,
    log_ins {int} not null,
    primary key (business_id, account_id),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};
create index account_activity_day on account_activity (business_id, day);

create index invitation_state on invitation (business_id, state, expires_at_ms);
create index audit_entry_actor on audit_entry (business_id, actor_id, id);

-- What is known of before: sessions that live. Their days are taken in UTC.
insert into account_activity (business_id, account_id, day, first_log_in_at_ms, last_seen_at_ms, log_ins)
select business_id, account_id, min(created_at_ms) / 86400000, min(created_at_ms), max(seen_at_ms), count(*)
from account_session
group by business_id, account_id;
