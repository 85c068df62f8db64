-- What was paid of a link's day: the first clicks of visitors that were not paid before. Late ones of a day that was
-- settled get a further number. A row also stands for clicks that earned nothing, so that nobody looks again.
create table click_pay (
    business_id {int} not null references business (id) on delete cascade,
    day {int} not null,
    link_id {id} not null,
    number {int} not null,
    partnership_id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    clicks {int} not null check (clicks > 0),
    recorded_at_ms {int} not null,
    primary key (business_id, day, link_id, number)
) {options};

-- Which of them a commission is for.
create table click_commission (
    business_id {int} not null,
    commission_id {id} not null,
    day {int} not null,
    link_id {id} not null,
    number {int} not null,
    primary key (business_id, commission_id),
    foreign key (business_id, commission_id) references commission (business_id, id),
    foreign key (business_id, day, link_id, number) references click_pay (business_id, day, link_id, number)
) {options};
