-- Connections to services that execute payouts, one a kind. What they authenticate with is sealed.
create table provider (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    kind {text} not null,
    base_url {text} not null,
    sealed {bytes} not null,
    masked {text} not null,
    endpoint {text} not null,
    active {bool} not null,
    created_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id)
) {options};
create unique index provider_kind on provider (business_id, kind);

-- What providers told by themselves, as it came. The same event is stored once.
create table callback (
    business_id {int} not null,
    id {id} not null,
    provider_id {id} not null,
    source {text} not null,
    event_id {text} not null,
    head {text} not null,
    body {bytes} not null,
    state {text} not null,
    received_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, provider_id) references provider (business_id, id)
) {options};
create unique index callback_event on callback (business_id, source, event_id);
create index callback_received on callback (business_id, received_at_ms);
