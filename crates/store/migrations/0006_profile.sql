-- What people tell of themselves in the portal, and which mail they want. Nobody has a row before
-- they have said something.
create table account_profile (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    phone {text},
    company {text},
    country {text},
    street {text},
    city {text},
    postcode {text},
    timezone {text},
    updated_at_ms {int} not null,
    primary key (business_id, account_id),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

-- What everybody is asked for before the apps open; a business without a row asks for nothing.
create table profile_requirement (
    business_id {int} not null references business (id) on delete cascade,
    field {text} not null,
    primary key (business_id, field)
) {options};

-- Mail that a person does not want; what is not named here is sent.
create table notice_mute (
    business_id {int} not null references business (id) on delete cascade,
    account_id {id} not null,
    kind {text} not null,
    primary key (business_id, account_id, kind),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};

-- Where an affiliate's money goes, sealed; the newest counts, the others are the history.
create table payout_method (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    affiliate_id {id} not null,
    kind {text} not null,
    sealed {bytes} not null,
    masked {text} not null,
    fingerprint {text} not null,
    holds_until_ms {int} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};
create index payout_method_affiliate on payout_method (business_id, affiliate_id, id);
create index payout_method_fingerprint on payout_method (business_id, fingerprint);

-- How long payouts wait after the place they go to was changed; without a row the default holds.
create table payout_hold (
    business_id {int} not null primary key references business (id) on delete cascade,
    days {int} not null
) {options};
