//! The portal's accounts and invitations as staff looks over them.

use domain::id::{AccountId, AffiliateId, InvitationId};
use domain::status::{AccountApp, AccountState, AffiliateStatus, InvitationState, MailState};
use domain::time::{Day, UnixMs};

use crate::db::{Result, Tx};
use crate::identity::audit::AuditEntry;
use crate::list::{Window, ordered};
use crate::{args, record};

/// The orders of the list: key, terms upwards, terms downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("joined", "a.id", "a.id desc"),
    (
        "email",
        "a.email_folded, a.id",
        "a.email_folded desc, a.id desc",
    ),
    (
        "seen",
        "coalesce(v.last_seen_at_ms, 0), a.id",
        "coalesce(v.last_seen_at_ms, 0) desc, a.id desc",
    ),
    (
        "log_ins",
        "coalesce(v.log_ins, 0), a.id",
        "coalesce(v.log_ins, 0) desc, a.id desc",
    ),
];

/// The orders of [`invitable`].
pub const INVITABLE_ORDERS: &[(&str, &str, &str)] = &[("added", "f.id", "f.id desc")];

record! {
    /// An account with how it is used.
    pub struct AccountLine {
        /// The account.
        pub id: AccountId,
        /// The address it logs in with.
        pub email: String,
        /// The person's name.
        pub name: String,
        /// The affiliate it is.
        pub affiliate_id: Option<AffiliateId>,
        /// That affiliate's name.
        pub affiliate_name: Option<String>,
        /// Where that affiliate stands.
        pub affiliate_status: Option<AffiliateStatus>,
        /// Whether staff has shut it out.
        pub blocked: bool,
        /// When it was made.
        pub created_at_ms: UnixMs,
        /// When it first logged in; none: never.
        pub first_log_in_at_ms: Option<UnixMs>,
        /// When it was last used, exact to a few minutes.
        pub last_seen_at_ms: Option<UnixMs>,
        /// How often it has logged in.
        pub log_ins: Option<i64>,
    }
}

record! {
    /// How many accounts there are.
    pub struct Totals {
        /// All.
        pub accounts: i64,
        /// Those of affiliates.
        pub affiliates: i64,
        /// Those shut out.
        pub blocked: i64,
        /// Those that never logged in.
        pub never: i64,
        /// Those used within seven days and not shut out.
        pub active_week: i64,
        /// Those used within thirty days and not shut out.
        pub active_month: i64,
    }
}

record! {
    /// How many people joined on a day.
    pub struct Joined {
        /// The day, in the business's zone.
        pub day: Day,
        /// Accounts that logged in for the first time.
        pub accounts: i64,
    }
}

record! {
    /// How many invitations are in a state.
    pub struct StateCount {
        /// The state, the end by time included.
        pub state: InvitationState,
        /// Invitations in it.
        pub invitations: i64,
    }
}

record! {
    /// How many people were invited to an app and joined it.
    pub struct ByApp {
        /// Affiliates with an invitation that was not taken back.
        pub invited: i64,
        /// Accounts of affiliates, invited or not.
        pub joined: i64,
        /// Accounts that have no app.
        pub without_app: i64,
    }
}

record! {
    /// An invitation that got stuck.
    pub struct Stuck {
        /// The invitation.
        pub id: InvitationId,
        /// For whom.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub name: String,
        /// The address it went to.
        pub email: String,
        /// How far it has come, without the end by time.
        pub state: InvitationState,
        /// The first instant at which it does not work any more.
        pub expires_at_ms: UnixMs,
        /// When it last changed.
        pub updated_at_ms: UnixMs,
        /// What became of its mail.
        pub mail_state: Option<MailState>,
        /// Why the mail was not sent.
        pub mail_error: Option<String>,
    }
}

record! {
    /// An affiliate without an account and without an invitation that works.
    pub struct Invitable {
        /// The affiliate.
        pub id: AffiliateId,
        /// Their name.
        pub name: String,
        /// The address that the invitation goes to.
        pub email: String,
        /// Where they stand.
        pub status: AffiliateStatus,
        /// When they were added.
        pub created_at_ms: UnixMs,
        /// When the last invitation was made, which is over; none: never.
        pub invited_at_ms: Option<UnixMs>,
    }
}

/// Which accounts are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those with this app, or with none.
    pub app: Option<AccountApp>,
    /// Only those in this state.
    pub state: Option<AccountState>,
    /// Only with this in their address, or in the affiliate's name or address.
    pub search: Option<String>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(domain::text::like_pattern)
    }
}

/// The accounts of a filter; one is active that was used after `since`.
///
/// # Errors
/// As the database says.
pub async fn list(
    tx: &mut Tx,
    filter: &Filter,
    since: UnixMs,
    window: Window,
) -> Result<Vec<AccountLine>> {
    let values = args![
        filter.app,
        filter.state,
        true,
        since,
        filter.pattern(),
        window.limit,
        window.offset
    ];
    tx.fetch_all(
        ordered(include_str!("roster/list.sql"), window.order),
        values,
    )
    .await
}

/// How many accounts a filter has.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter, since: UnixMs) -> Result<i64> {
    let values = args![filter.app, filter.state, true, since, filter.pattern()];
    tx.value(include_str!("roster/count.sql"), values).await
}

/// One account.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<AccountLine>> {
    tx.fetch_optional(include_str!("roster/find.sql"), args![id])
        .await
}

/// How many accounts there are, and how many were used since two instants.
///
/// # Errors
/// As the database says.
pub async fn totals(tx: &mut Tx, week: UnixMs, month: UnixMs) -> Result<Totals> {
    tx.fetch_one(include_str!("roster/totals.sql"), args![true, week, month])
        .await
}

/// How many people joined, by day; days on which nobody did are left out.
///
/// # Errors
/// As the database says.
pub async fn joined(tx: &mut Tx, from: Day, to: Day) -> Result<Vec<Joined>> {
    tx.fetch_all(include_str!("roster/joined.sql"), args![from, to])
        .await
}

/// How many invitations there are by state.
///
/// # Errors
/// As the database says.
pub async fn invitations(tx: &mut Tx, now: UnixMs) -> Result<Vec<StateCount>> {
    tx.fetch_all(include_str!("roster/invitations.sql"), args![now])
        .await
}

/// How many people were invited and joined, by app.
///
/// # Errors
/// As the database says.
pub async fn by_app(tx: &mut Tx) -> Result<ByApp> {
    tx.fetch_one(include_str!("roster/by_app.sql"), args![])
        .await
}

/// Invitations that came back, ran out or could not be mailed, the latest first.
///
/// # Errors
/// As the database says.
pub async fn stuck(tx: &mut Tx, now: UnixMs, limit: i64) -> Result<Vec<Stuck>> {
    tx.fetch_all(include_str!("roster/stuck.sql"), args![now, limit])
        .await
}

/// Affiliates who have no account and no invitation that works at an instant, and were not terminated;
/// only those with `search` in their name or address.
///
/// # Errors
/// As the database says.
pub async fn invitable(
    tx: &mut Tx,
    now: UnixMs,
    search: Option<&str>,
    window: Window,
) -> Result<Vec<Invitable>> {
    let pattern = search.map(domain::text::like_pattern);
    let values = args![now, pattern, window.limit, window.offset];
    tx.fetch_all(
        ordered(include_str!("roster/invitable.sql"), window.order),
        values,
    )
    .await
}

/// How many of them there are.
///
/// # Errors
/// As the database says.
pub async fn invitable_count(tx: &mut Tx, now: UnixMs, search: Option<&str>) -> Result<i64> {
    let pattern = search.map(domain::text::like_pattern);
    tx.value(
        include_str!("roster/invitable_count.sql"),
        args![now, pattern],
    )
    .await
}

/// Shuts an account out or lets it in again; false when that is so already.
///
/// # Errors
/// As the database says.
pub async fn set_blocked(tx: &mut Tx, id: AccountId, blocked: bool) -> Result<bool> {
    Ok(tx
        .execute(include_str!("roster/set_blocked.sql"), args![id, blocked])
        .await?
        == 1)
}

/// What an account did and what was done to it, the latest first; `id` is its public id.
///
/// # Errors
/// As the database says.
pub async fn history(tx: &mut Tx, id: &str, limit: i64) -> Result<Vec<AuditEntry>> {
    tx.fetch_all(include_str!("roster/history.sql"), args![id, limit])
        .await
}
