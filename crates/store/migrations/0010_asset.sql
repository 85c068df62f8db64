-- What affiliates of a campaign may use: copy, banners, files. The bytes stand apart, so that lists do not read them.
create table asset (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    campaign_id {id} not null,
    kind {text} not null,
    title {text} not null,
    note {text} not null default '',
    body {text} not null default '',
    alt {text} not null default '',
    place {int} not null,
    active {bool} not null,
    file_name {text},
    media_type {text},
    byte_count {int},
    sha256 {bytes},
    width {int},
    height {int},
    created_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, campaign_id) references campaign (business_id, id)
) {options};
create index asset_campaign on asset (business_id, campaign_id, place, id);

create table asset_content (
    business_id {int} not null,
    asset_id {id} not null,
    content {bytes} not null,
    primary key (business_id, asset_id),
    foreign key (business_id, asset_id) references asset (business_id, id) on delete cascade
) {options};
