-- The foundation: identity, programme, contacts, ledger, mail, jobs.
-- Tokens in braces are replaced by the engine's names; see src/db/migrate.rs.
-- Every tenant table has business_id first in its keys, uniques and indexes.

-- ── without a tenant: looked up before the business is known ──────────────────────────────────

create table business (
    id {int} not null primary key,
    slug {text} not null unique,
    name {text} not null,
    currency {text} not null,
    timezone {text} not null,
    demo {bool} not null default {false},
    created_at_ms {int} not null
) {options};

create table staff (
    id {id} not null primary key,
    email {text} not null,
    email_folded {text} not null unique,
    name {text} not null,
    password_hash {text} not null,
    created_at_ms {int} not null
) {options};

create table staff_route (
    staff_id {id} not null references staff (id) on delete cascade,
    business_id {int} not null references business (id) on delete cascade,
    primary key (staff_id, business_id)
) {options};

create table link_route (
    code {text} not null primary key,
    business_id {int} not null references business (id) on delete cascade,
    link_id {id} not null
) {options};

create table log_in_attempt (
    account {text} not null primary key,
    failures {int} not null,
    next_at_ms {int} not null
) {options};

create table job (
    id {id} not null primary key,
    business_id {int} references business (id) on delete cascade,
    kind {text} not null,
    payload {text} not null,
    run_at_ms {int} not null,
    lease_until_ms {int} not null default 0,
    attempts {int} not null default 0,
    failed_at_ms {int},
    last_error {text},
    created_at_ms {int} not null
) {options};
create index job_due on job (run_at_ms) where failed_at_ms is null;

-- ── identity ──────────────────────────────────────────────────────────────────────────────────

create table setting (
    business_id {int} not null primary key references business (id) on delete cascade,
    publishable_key {text} not null,
    referral_approval {text} not null,
    default_affiliate_status {text} not null,
    default_cookie_days {int} not null,
    default_model {text} not null,
    link_parameter {text} not null,
    coupons_beat_links {bool} not null,
    bind_customers {bool} not null,
    self_referral {text} not null,
    truth_source {text},
    payout_frequency {text} not null,
    payout_method {text} not null,
    notify_affiliate_approved {bool} not null,
    notify_payout {bool} not null,
    mask_customer_emails {bool} not null,
    support_email {text},
    checklist_dismissed {bool} not null default {false},
    settings_reviewed_at_ms {int},
    updated_at_ms {int} not null
) {options};

create table payout_minimum (
    business_id {int} not null references business (id) on delete cascade,
    currency {text} not null,
    amount {int} not null,
    primary key (business_id, currency)
) {options};

create table staff_member (
    business_id {int} not null references business (id) on delete cascade,
    staff_id {id} not null,
    role {text} not null,
    created_at_ms {int} not null,
    primary key (business_id, staff_id)
) {options};

create table staff_session (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    staff_id {id} not null,
    secret_hash {bytes} not null,
    csrf {text} not null,
    host {text} not null,
    user_agent {text} not null,
    created_at_ms {int} not null,
    seen_at_ms {int} not null,
    proven_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, staff_id) references staff_member (business_id, staff_id) on delete cascade
) {options};
create index staff_session_staff on staff_session (business_id, staff_id);

create table api_key (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    prefix {text} not null,
    secret_hash {bytes} not null,
    scopes {text} not null,
    allowed_ips {text} not null default '',
    expires_at_ms {int},
    last_used_at_ms {int},
    revoked_at_ms {int},
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, prefix)
) {options};

create table audit_entry (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    at_ms {int} not null,
    actor_kind {text} not null,
    actor_id {text},
    actor_name {text} not null,
    action {text} not null,
    subject {text} not null,
    subject_id {text},
    detail {text} not null,
    primary key (business_id, id)
) {options};
create index audit_entry_subject on audit_entry (business_id, subject_id, id);

create table idempotency (
    business_id {int} not null references business (id) on delete cascade,
    idempotency_key {text} not null,
    route {text} not null,
    body_hash {bytes} not null,
    status {int} not null,
    reply {text} not null,
    created_at_ms {int} not null,
    primary key (business_id, idempotency_key)
) {options};
create index idempotency_age on idempotency (business_id, created_at_ms);

-- ── programme ─────────────────────────────────────────────────────────────────────────────────

create table affiliate_group (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    name_folded {text} not null,
    region {text},
    note {text} not null default '',
    payout_frequency {text},
    payout_method {text},
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, name_folded)
) {options};

create table group_minimum (
    business_id {int} not null,
    group_id {id} not null,
    currency {text} not null,
    amount {int} not null,
    primary key (business_id, group_id, currency),
    foreign key (business_id, group_id) references affiliate_group (business_id, id) on delete cascade
) {options};

create table affiliate (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    email {text} not null,
    email_folded {text} not null,
    search_folded {text} not null,
    status {text} not null,
    group_id {id},
    parent_id {id},
    company {text},
    phone {text},
    website {text},
    country {text},
    traffic_source {text},
    deal_type {text},
    note {text} not null default '',
    tags {text} not null default '',
    payout_method {text},
    created_at_ms {int} not null,
    approved_at_ms {int},
    primary key (business_id, id),
    unique (business_id, email_folded),
    foreign key (business_id, group_id) references affiliate_group (business_id, id),
    foreign key (business_id, parent_id) references affiliate (business_id, id)
) {options};
create index affiliate_status on affiliate (business_id, status, id);
create index affiliate_group_members on affiliate (business_id, group_id);
create index affiliate_parent on affiliate (business_id, parent_id);

create table campaign (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    name {text} not null,
    name_folded {text} not null,
    description {text} not null default '',
    active {bool} not null,
    destination_url {text} not null,
    link_parameter {text} not null,
    cookie_days {int} not null,
    model {text} not null,
    starts_at_ms {int},
    ends_at_ms {int},
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, name_folded)
) {options};

create table campaign_host (
    business_id {int} not null,
    campaign_id {id} not null,
    host {text} not null,
    primary key (business_id, campaign_id, host),
    foreign key (business_id, campaign_id) references campaign (business_id, id) on delete cascade
) {options};

create table partnership (
    business_id {int} not null,
    id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    active {bool} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, affiliate_id, campaign_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, campaign_id) references campaign (business_id, id)
) {options};
create index partnership_campaign on partnership (business_id, campaign_id);

create table link (
    business_id {int} not null,
    id {id} not null,
    partnership_id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    code {text} not null,
    label {text} not null default '',
    target_url {text},
    active {bool} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, code),
    foreign key (business_id, partnership_id) references partnership (business_id, id)
) {options};
create index link_partnership on link (business_id, partnership_id);
create index link_affiliate on link (business_id, affiliate_id);

create table coupon (
    business_id {int} not null,
    id {id} not null,
    code_folded {text} not null,
    code {text} not null,
    partnership_id {id} not null,
    active {bool} not null,
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, code_folded),
    foreign key (business_id, partnership_id) references partnership (business_id, id)
) {options};

-- A rule is never changed: a new version is added, in force from effective_from_ms.
create table rule (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    version {int} not null,
    name {text} not null default '',
    group_id {id},
    campaign_id {id},
    product_id {text},
    affiliate_id {id},
    trigger_on {text} not null,
    trigger_event {text},
    conditions {text},
    reward {text} not null,
    base {text} not null,
    recurrence {text} not null,
    caps {text} not null,
    levels {text} not null,
    hold_days {int} not null,
    auto_approve {bool} not null,
    active {bool} not null,
    effective_from_ms {int} not null,
    created_at_ms {int} not null,
    primary key (business_id, id, version),
    foreign key (business_id, group_id) references affiliate_group (business_id, id),
    foreign key (business_id, campaign_id) references campaign (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};

-- Kept for ever and without foreign keys: the hot table.
create table click (
    business_id {int} not null,
    id {id} not null,
    link_id {id} not null,
    partnership_id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    visitor_id {id} not null,
    clicked_at_ms {int} not null,
    expires_at_ms {int} not null,
    day {int} not null,
    counted {bool} not null,
    uncounted_reason {text},
    url {text},
    referrer {text},
    ip_prefix {text},
    user_agent {text},
    sub_ids {text},
    primary key (business_id, id)
) {options};
create index click_visitor on click (business_id, visitor_id, id);

create table click_day (
    business_id {int} not null,
    day {int} not null,
    link_id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    clicks {int} not null,
    unique_clicks {int} not null,
    uncounted_clicks {int} not null,
    primary key (business_id, day, link_id)
) {options};
create index click_day_affiliate on click_day (business_id, affiliate_id, day);

-- ── contacts and what they did ────────────────────────────────────────────────────────────────

create table contact (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    external_id {text},
    name {text} not null default '',
    email {text},
    email_folded {text},
    search_folded {text} not null,
    phone {text},
    country {text},
    status {text} not null,
    affiliate_id {id},
    campaign_id {id},
    partnership_id {id},
    link_id {id},
    bound_at_ms {int},
    first_sale_at_ms {int},
    cancelled_at_ms {int},
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, external_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, campaign_id) references campaign (business_id, id)
) {options};
create index contact_affiliate on contact (business_id, affiliate_id, id);
create index contact_email on contact (business_id, email_folded);

create table contact_visitor (
    business_id {int} not null,
    contact_id {id} not null,
    visitor_id {id} not null,
    created_at_ms {int} not null,
    primary key (business_id, contact_id, visitor_id),
    foreign key (business_id, contact_id) references contact (business_id, id) on delete cascade
) {options};

create table referral (
    business_id {int} not null,
    id {id} not null,
    affiliate_id {id} not null,
    campaign_id {id} not null,
    contact_id {id} not null,
    first_event {text} not null,
    status {text} not null,
    hold_reason {text},
    reject_reason {text},
    note {text} not null default '',
    tags {text} not null default '',
    created_at_ms {int} not null,
    decided_at_ms {int},
    primary key (business_id, id),
    unique (business_id, affiliate_id, campaign_id, contact_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, campaign_id) references campaign (business_id, id),
    foreign key (business_id, contact_id) references contact (business_id, id)
) {options};
create index referral_status on referral (business_id, status, id);
create index referral_contact on referral (business_id, contact_id);

create table referral_check (
    business_id {int} not null,
    id {id} not null,
    referral_id {id} not null,
    kind {text} not null,
    passed {bool} not null,
    note {text} not null,
    actor_name {text} not null,
    at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, referral_id) references referral (business_id, id) on delete cascade
) {options};
create index referral_check_referral on referral_check (business_id, referral_id);

create table event (
    business_id {int} not null,
    id {id} not null,
    kind {text} not null,
    source {text} not null,
    external_id {text} not null,
    name {text} not null,
    contact_id {id} not null,
    amount {int} not null default 0,
    currency {text},
    tax {int} not null default 0,
    shipping {int} not null default 0,
    net {int} not null default 0,
    refunded {int} not null default 0,
    sale_id {id},
    reason {text},
    occurred_at_ms {int} not null,
    recorded_at_ms {int} not null,
    day {int} not null,
    affiliate_id {id},
    campaign_id {id},
    partnership_id {id},
    link_id {id},
    click_id {id},
    via {text},
    referral_id {id},
    metadata {text},
    seen_twice {bool} not null default {false},
    primary key (business_id, id),
    unique (business_id, kind, source, external_id),
    foreign key (business_id, contact_id) references contact (business_id, id),
    foreign key (business_id, referral_id) references referral (business_id, id)
) {options};
create index event_day on event (business_id, day, kind);
create index event_affiliate on event (business_id, affiliate_id, day);
create index event_contact on event (business_id, contact_id, occurred_at_ms);
create index event_sale on event (business_id, sale_id);
create index event_external on event (business_id, external_id);

create table event_item (
    business_id {int} not null,
    event_id {id} not null,
    line {int} not null,
    product_id {text} not null,
    amount {int} not null,
    quantity {int} not null,
    primary key (business_id, event_id, line),
    foreign key (business_id, event_id) references event (business_id, id) on delete cascade
) {options};

create table attribution_candidate (
    business_id {int} not null,
    event_id {id} not null,
    line {int} not null,
    via {text} not null,
    click_id {id},
    affiliate_id {id},
    campaign_id {id},
    link_id {id},
    clicked_at_ms {int},
    verdict {text} not null,
    detail {text} not null,
    primary key (business_id, event_id, line),
    foreign key (business_id, event_id) references event (business_id, id) on delete cascade
) {options};

-- ── money ─────────────────────────────────────────────────────────────────────────────────────

create table payout (
    business_id {int} not null,
    id {id} not null,
    number {int} not null,
    affiliate_id {id} not null,
    currency {text} not null,
    commissions_total {int} not null,
    carried_forward {int} not null,
    amount {int} not null,
    status {text} not null,
    method {text} not null,
    reference {text},
    note {text} not null default '',
    paid_at_ms {int},
    created_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, number),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};
create index payout_affiliate on payout (business_id, affiliate_id, id);
create index payout_status on payout (business_id, status, id);

create table commission (
    business_id {int} not null,
    id {id} not null,
    affiliate_id {id} not null,
    referral_id {id},
    event_id {id},
    campaign_id {id},
    contact_id {id},
    rule_id {id},
    rule_version {int},
    level {int} not null,
    currency {text} not null,
    base_amount {int} not null,
    amount {int} not null,
    adjusted {int} not null default 0,
    reversed {int} not null default 0,
    clawed_back {int} not null default 0,
    status {text} not null,
    hold_until_ms {int},
    auto_approve {bool} not null,
    payout_id {id},
    note {text} not null default '',
    explanation {text} not null,
    created_at_ms {int} not null,
    day {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, event_id, rule_id, level, affiliate_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, referral_id) references referral (business_id, id),
    foreign key (business_id, event_id) references event (business_id, id),
    foreign key (business_id, payout_id) references payout (business_id, id)
) {options};
create index commission_affiliate on commission (business_id, affiliate_id, status, id);
create index commission_status on commission (business_id, status, id);
create index commission_referral on commission (business_id, referral_id);
create index commission_event on commission (business_id, event_id);
create index commission_day on commission (business_id, day);
create index commission_hold on commission (business_id, hold_until_ms) where status = 'pending' and auto_approve = {true};
create index commission_payout on commission (business_id, payout_id);

create table commission_step (
    business_id {int} not null,
    commission_id {id} not null,
    line {int} not null,
    at_ms {int} not null,
    kind {text} not null,
    status {text} not null,
    amount {int} not null,
    actor_name {text} not null,
    note {text} not null,
    primary key (business_id, commission_id, line),
    foreign key (business_id, commission_id) references commission (business_id, id)
) {options};

create table payout_line (
    business_id {int} not null,
    payout_id {id} not null,
    commission_id {id} not null,
    amount {int} not null,
    live {bool} not null,
    primary key (business_id, payout_id, commission_id),
    foreign key (business_id, payout_id) references payout (business_id, id),
    foreign key (business_id, commission_id) references commission (business_id, id)
) {options};
-- A commission is in at most one live payout.
create unique index payout_line_live on payout_line (business_id, commission_id) where live = {true};

create table journal_head (
    business_id {int} not null primary key references business (id) on delete cascade,
    seq {int} not null,
    hash {bytes} not null,
    payout_number {int} not null
) {options};

create table journal_entry (
    business_id {int} not null,
    seq {int} not null,
    id {id} not null,
    at_ms {int} not null,
    affiliate_id {id} not null,
    currency {text} not null,
    kind {text} not null,
    commission_id {id},
    payout_id {id},
    event_id {id},
    previous_hash {bytes} not null,
    hash {bytes} not null,
    primary key (business_id, seq),
    unique (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};
create index journal_entry_affiliate on journal_entry (business_id, affiliate_id, seq);
create index journal_entry_event on journal_entry (business_id, event_id);

create table journal_posting (
    business_id {int} not null,
    seq {int} not null,
    line {int} not null,
    affiliate_id {id} not null,
    currency {text} not null,
    kind {text} not null,
    account {text} not null,
    amount {int} not null,
    primary key (business_id, seq, line),
    foreign key (business_id, seq) references journal_entry (business_id, seq)
) {options};
create index journal_posting_balance on journal_posting (business_id, affiliate_id, currency, kind, account);

-- ── portal ────────────────────────────────────────────────────────────────────────────────────

create table account (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    email {text} not null,
    email_folded {text} not null,
    name {text} not null,
    password_hash {text},
    affiliate_id {id},
    blocked {bool} not null default {false},
    created_at_ms {int} not null,
    primary key (business_id, id),
    unique (business_id, affiliate_id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id)
) {options};
create index account_email on account (business_id, email_folded);

create table account_session (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    account_id {id} not null,
    secret_hash {bytes} not null,
    csrf {text} not null,
    host {text} not null,
    user_agent {text} not null,
    created_at_ms {int} not null,
    seen_at_ms {int} not null,
    proven_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, account_id) references account (business_id, id) on delete cascade
) {options};
create index account_session_account on account_session (business_id, account_id);

create table invitation (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    affiliate_id {id} not null,
    partnership_id {id},
    email {text} not null,
    state {text} not null,
    mail_id {id},
    created_at_ms {int} not null,
    expires_at_ms {int} not null,
    updated_at_ms {int} not null,
    primary key (business_id, id),
    foreign key (business_id, affiliate_id) references affiliate (business_id, id),
    foreign key (business_id, partnership_id) references partnership (business_id, id)
) {options};
create index invitation_affiliate on invitation (business_id, affiliate_id, id);

-- ── messaging ─────────────────────────────────────────────────────────────────────────────────

create table mail (
    business_id {int} not null references business (id) on delete cascade,
    id {id} not null,
    kind {text} not null,
    to_address {text} not null,
    to_name {text} not null,
    subject {text} not null,
    search_folded {text} not null,
    body_text {text} not null,
    body_html {text} not null,
    state {text} not null,
    attempts {int} not null default 0,
    last_error {text},
    created_at_ms {int} not null,
    sent_at_ms {int},
    primary key (business_id, id)
) {options};
create index mail_state on mail (business_id, state, id);
