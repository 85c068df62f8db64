-- How a business looks in its portal. Pictures and style sheets are named by their content, so that they
-- may be kept for good by whoever loads them; replaced ones stay for a while, because mails show them.
create table brand_file (
    business_id {int} not null references business (id) on delete cascade,
    hash {text} not null,
    ending {text} not null,
    content {bytes} not null,
    width {int} not null,
    height {int} not null,
    stored_at_ms {int} not null,
    primary key (business_id, hash)
) {options};

create table brand (
    business_id {int} not null primary key references business (id) on delete cascade,
    portal_name {text},
    show_name {bool} not null,
    colour {text},
    css_hash {text},
    logo_hash {text},
    favicon_hash {text},
    footer {text},
    terms_url {text},
    privacy_url {text},
    credit {bool} not null,
    updated_at_ms {int} not null,
    foreign key (business_id, css_hash) references brand_file (business_id, hash),
    foreign key (business_id, logo_hash) references brand_file (business_id, hash),
    foreign key (business_id, favicon_hash) references brand_file (business_id, hash)
) {options};
