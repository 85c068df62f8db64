-- The language of a portal's people: each person's own, else the business's.
alter table business add column language {text} not null default 'en';
alter table account_profile add column language {text};
