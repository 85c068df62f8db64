-- What was known when a credited event was recorded, as JSON: with it the event can be computed again.
create table event_input (
    business_id {int} not null,
    event_id {id} not null,
    inputs {text} not null,
    primary key (business_id, event_id),
    foreign key (business_id, event_id) references event (business_id, id) on delete cascade
) {options};

-- A rule that decided about an event and came to nothing: no commission, but the event counts in its tiers.
create table unpaid_line (
    business_id {int} not null,
    event_id {id} not null,
    rule_id {id} not null,
    affiliate_id {id} not null,
    base_amount {int} not null,
    primary key (business_id, event_id, rule_id),
    foreign key (business_id, event_id) references event (business_id, id) on delete cascade
) {options};
create index unpaid_line_affiliate on unpaid_line (business_id, affiliate_id, rule_id);
