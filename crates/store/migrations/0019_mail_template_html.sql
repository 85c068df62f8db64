-- The HTML of a mail where a business has written its own beside the text; it was cleaned before it was stored.
create table mail_template_html (
    business_id {int} not null references business (id) on delete cascade,
    kind {text} not null,
    html {text} not null,
    primary key (business_id, kind),
    foreign key (business_id, kind) references mail_template (business_id, kind) on delete cascade
) {options};
