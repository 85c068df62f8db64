-- What was decided on many referrals or commissions at once, so that it can be undone at once.
create table bulk_act (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    noun {text} not null,
    act {text} not null,
    at_ms {int} not null,
    undone_at_ms {int},
    primary key (business_id, id)
) {options};

create table bulk_act_item (
    business_id {int} not null,
    act_id {id} not null,
    item_id {id} not null,
    primary key (business_id, act_id, item_id),
    foreign key (business_id, act_id) references bulk_act (business_id, id) on delete cascade
) {options};
