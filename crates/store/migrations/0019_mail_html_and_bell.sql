-- The HTML of a mail where a business has written its own beside the text; it was cleaned before it was stored.
create table mail_template_html (
    business_id {int} not null references business (id) on delete cascade,
    kind {text} not null,
    html {text} not null,
    primary key (business_id, kind),
    foreign key (business_id, kind) references mail_template (business_id, kind) on delete cascade
) {options};

-- Until when a member of staff has read what the bell tells. What it tells is read from where it happened.
create table staff_bell (
    business_id {int} not null references business (id) on delete cascade,
    staff_id {id} not null references staff (id) on delete cascade,
    read_until_ms {int} not null,
    primary key (business_id, staff_id)
) {options};
