-- Whether a person has saved their profile, which everybody is asked for once before the apps open. Who told
-- something before has been asked; the language alone is kept of the page that they signed up on.
alter table account_profile add column told {bool} not null default {false};
update account_profile set told = {true}
where phone is not null or company is not null or country is not null or street is not null
    or city is not null or postcode is not null or timezone is not null;
