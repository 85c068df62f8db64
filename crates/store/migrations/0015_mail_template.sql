-- What a business's mails say where it has written its own text; a kind without a row has ours.
create table mail_template (
    business_id {int} not null references business (id) on delete cascade,
    kind {text} not null,
    subject {text} not null,
    heading {text} not null,
    body {text} not null,
    updated_at_ms {int} not null,
    primary key (business_id, kind)
) {options};
