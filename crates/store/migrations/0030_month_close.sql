-- The time of the last entry, or the end of the last closed month: no entry is dated before it.
alter table journal_head add column at_ms {int} not null default 0;
update journal_head
set at_ms = coalesce((select max(e.at_ms) from journal_entry e where e.business_id = journal_head.business_id), 0);

-- A closed month. `month` counts from year 0; `seq` and `hash` are the end of the journal at the closing.
create table month_close (
    business_id {int} not null references business (id) on delete cascade,
    month {int} not null,
    until_ms {int} not null,
    seq {int} not null,
    hash {bytes} not null,
    closed_at_ms {int} not null,
    actor_name {text} not null,
    primary key (business_id, month)
) {options};

-- Exchange rates, for reports only: a unit of `base` is `nano` thousand-millionths of `currency` on that day.
create table exchange_rate (
    business_id {int} not null references business (id) on delete cascade,
    base {text} not null,
    currency {text} not null,
    day {int} not null,
    nano {int} not null,
    source {text} not null,
    at_ms {int} not null,
    primary key (business_id, base, currency, day)
) {options};
