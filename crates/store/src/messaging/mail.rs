//! The mail outbox.

use domain::id::MailId;
use domain::status::MailState;
use domain::time::UnixMs;

use crate::db::{Result, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// The orders of the list: key, terms upwards, terms downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    ("created", "id", "id desc"),
    ("to", "search_folded, id", "search_folded desc, id desc"),
    ("subject", "subject, id", "subject desc, id desc"),
];

/// The order in which a cursor goes on.
pub const NEWEST: &str = "id desc";

record! {
    /// A message.
    pub struct Mail {
        /// The message.
        pub id: MailId,
        /// What it is about.
        pub kind: String,
        /// The address it goes to.
        pub to_address: String,
        /// The name of who gets it.
        pub to_name: String,
        /// The subject, one line.
        pub subject: String,
        /// The text part.
        pub body_text: String,
        /// The HTML part.
        pub body_html: String,
        /// What became of it.
        pub state: MailState,
        /// How often sending was tried.
        pub attempts: i64,
        /// Why the last attempt failed.
        pub last_error: Option<String>,
        /// When it was written.
        pub created_at_ms: UnixMs,
        /// When the mail server took it.
        pub sent_at_ms: Option<UnixMs>,
    }
}

record! {
    /// A message in a list.
    pub struct MailLine {
        /// The message.
        pub id: MailId,
        /// What it is about.
        pub kind: String,
        /// The address it goes to.
        pub to_address: String,
        /// The name of who gets it.
        pub to_name: String,
        /// The subject.
        pub subject: String,
        /// What became of it.
        pub state: MailState,
        /// Why the last attempt failed.
        pub last_error: Option<String>,
        /// When it was written.
        pub created_at_ms: UnixMs,
        /// When the mail server took it.
        pub sent_at_ms: Option<UnixMs>,
    }
}

record! {
    /// How many messages are in a state.
    pub struct StateCount {
        /// The state.
        pub state: MailState,
        /// Messages in it.
        pub mails: i64,
    }
}

/// Which messages are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only in this state.
    pub state: Option<MailState>,
    /// Only of this kind.
    pub kind: Option<String>,
    /// Only with this in name, address or subject.
    pub search: Option<String>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(domain::text::like_pattern)
    }
}

/// Stores a message. `search_folded` is what the search box looks in.
///
/// # Errors
/// As the database says.
pub async fn insert(tx: &mut Tx, mail: &Mail, search_folded: &str) -> Result<()> {
    let Mail {
        id,
        kind,
        to_address,
        to_name,
        subject,
        body_text,
        body_html,
        state,
        attempts,
        last_error,
        created_at_ms,
        sent_at_ms,
    } = mail;
    let values = args![
        *id,
        kind,
        to_address,
        to_name,
        subject,
        body_text,
        body_html,
        *state,
        *attempts,
        last_error.clone(),
        *created_at_ms,
        *sent_at_ms,
        search_folded
    ];
    tx.execute(include_str!("mail/insert.sql"), values).await?;
    Ok(())
}

/// Replaces the text of a message of this kind; leaves one of another kind alone.
///
/// # Errors
/// As the database says.
pub async fn blank(tx: &mut Tx, id: MailId, kind: &str, text: &str) -> Result<()> {
    let html = format!("<!doctype html><p>{text}</p>");
    tx.execute(include_str!("mail/blank.sql"), args![id, kind, text, html])
        .await?;
    Ok(())
}

/// The message of this id.
///
/// # Errors
/// As the database says.
pub async fn find(tx: &mut Tx, id: MailId) -> Result<Option<Mail>> {
    tx.fetch_optional(include_str!("mail/find.sql"), args![id])
        .await
}

/// The messages of a filter.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<MailLine>> {
    let values = args![
        filter.state,
        filter.kind.clone(),
        filter.pattern(),
        window.after.map(|id| id.to_string()),
        window.after,
        window.limit,
        window.offset
    ];
    tx.fetch_all(ordered(include_str!("mail/list.sql"), window.order), values)
        .await
}

/// How many messages a filter has.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(
        include_str!("mail/count.sql"),
        args![filter.state, filter.kind.clone(), filter.pattern()],
    )
    .await
}

/// How many messages there are by state.
///
/// # Errors
/// As the database says.
pub async fn count_by_state(tx: &mut Tx) -> Result<Vec<StateCount>> {
    tx.fetch_all(include_str!("mail/count_by_state.sql"), args![])
        .await
}

record! {
    /// How many messages need somebody.
    pub struct Open {
        /// That wait for the mail server.
        pub waiting: i64,
        /// That could not be handed over.
        pub failed: i64,
    }
}

/// How many messages wait and how many failed.
///
/// # Errors
/// As the database says.
pub async fn count_open(tx: &mut Tx) -> Result<Open> {
    tx.fetch_one(include_str!("mail/count_open.sql"), args![])
        .await
}

/// Notes that the mail server took a queued message; answers false when it was not queued.
///
/// # Errors
/// As the database says.
pub async fn set_sent(tx: &mut Tx, id: MailId, now: UnixMs) -> Result<bool> {
    Ok(tx
        .execute(include_str!("mail/set_sent.sql"), args![id, now])
        .await?
        == 1)
}

/// Notes why sending did not work, and where a queued message stands now.
///
/// # Errors
/// As the database says.
pub async fn set_tried(tx: &mut Tx, id: MailId, state: MailState, error: &str) -> Result<bool> {
    Ok(tx
        .execute(include_str!("mail/set_tried.sql"), args![id, state, error])
        .await?
        == 1)
}

/// Queues a message again that was kept or given up; answers false when it was neither.
///
/// # Errors
/// As the database says.
pub async fn set_queued(tx: &mut Tx, id: MailId) -> Result<bool> {
    Ok(tx
        .execute(include_str!("mail/set_queued.sql"), args![id])
        .await?
        == 1)
}
