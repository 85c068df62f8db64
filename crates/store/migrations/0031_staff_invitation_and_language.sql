-- Who is invited to work here. Its link carries the id and a keyed hash of it, so nothing secret is stored.
create table staff_invitation (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    email {text} not null,
    email_folded {text} not null,
    name {text} not null,
    role {text} not null,
    created_at_ms {int} not null,
    expires_at_ms {int} not null,
    accepted_at_ms {int},
    revoked_at_ms {int},
    primary key (business_id, id)
) {options};
create index staff_invitation_email on staff_invitation (business_id, email_folded);

-- The language of the page on which somebody signed up: of the code's mail, and of the account to be.
alter table sign_up add column language {text};
