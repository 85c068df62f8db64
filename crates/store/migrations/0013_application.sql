-- The public form by which people apply to become affiliates, one a business, with its own questions.
create table application_form (
    business_id {int} not null primary key references business (id) on delete cascade,
    open {bool} not null,
    intro {text} not null,
    terms_url {text} not null,
    rule {text} not null,
    domains {text} not null,
    group_id {id},
    campaign_id {id},
    updated_at_ms {int} not null
) {options};

create table application_question (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    place {int} not null,
    kind {text} not null,
    label {text} not null,
    hint {text} not null,
    choices {text} not null,
    required {bool} not null,
    primary key (business_id, id)
) {options};

create table application (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    affiliate_id {id} not null,
    state {text} not null,
    name {text} not null,
    email {text} not null,
    search_folded {text} not null,
    website {text} not null,
    audience {text} not null,
    terms_url {text} not null,
    by_rule {bool} not null,
    decided_by {text} not null,
    reason {text} not null,
    reason_told {bool} not null,
    created_at_ms {int} not null,
    decided_at_ms {int},
    primary key (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id) on delete cascade
) {options};
create index application_state on application (business_id, state, id);
create index application_affiliate on application (business_id, affiliate_id, id);

-- The question stands beside its answer as it was asked.
create table application_answer (
    business_id {int} not null,
    application_id {id} not null,
    place {int} not null,
    kind {text} not null,
    question {text} not null,
    answer {text} not null,
    primary key (business_id, application_id, place),
    foreign key (business_id, application_id) references application (business_id, id) on delete cascade
) {options};

-- What was sent lately, whatever became of it: for budgets, and to know the same form sent twice.
create table application_attempt (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    email_folded {text} not null,
    fingerprint {text} not null,
    ip_prefix {text},
    created_at_ms {int} not null,
    primary key (business_id, id)
) {options};
create index application_attempt_email on application_attempt (business_id, email_folded, created_at_ms);
create index application_attempt_network on application_attempt (business_id, ip_prefix, created_at_ms);
create index application_attempt_age on application_attempt (business_id, created_at_ms);
