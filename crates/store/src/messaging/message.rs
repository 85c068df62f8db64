//! Messages between an affiliate and the business: one thread an affiliate, numbered from 1.

use domain::id::AffiliateId;
use domain::time::UnixMs;

use crate::db::{Result, Single, Tx};
use crate::list::{Window, ordered};
use crate::{args, record};

/// The orders of the list of threads: key, terms upwards, terms downwards.
pub const ORDERS: &[(&str, &str, &str)] = &[
    (
        "latest",
        "t.last_at_ms, t.affiliate_id",
        "t.last_at_ms desc, t.affiliate_id desc",
    ),
    (
        "name",
        "a.search_folded, t.affiliate_id",
        "a.search_folded desc, t.affiliate_id desc",
    ),
];

record! {
    /// Where a thread stands.
    pub struct Thread {
        /// How many messages it has; the number of the latest.
        pub messages: i64,
        /// Messages of the affiliate that no staff has read.
        pub staff_unread: i64,
        /// Messages of staff that the affiliate has not read.
        pub affiliate_unread: i64,
    }
}

record! {
    /// A message.
    pub struct Message {
        /// Its place in the thread, from 1.
        pub number: i64,
        /// Whether staff wrote it, or the affiliate.
        pub from_staff: bool,
        /// Who wrote it.
        pub author_name: String,
        /// Plain text.
        pub body: String,
        /// When.
        pub created_at_ms: UnixMs,
    }
}

record! {
    /// A thread in the list.
    pub struct ThreadLine {
        /// Whose it is.
        pub affiliate_id: AffiliateId,
        /// Their name.
        pub affiliate_name: String,
        /// Their address.
        pub affiliate_email: String,
        /// How many messages it has.
        pub messages: i64,
        /// Messages of the affiliate that no staff has read.
        pub staff_unread: i64,
        /// The beginning of the latest message.
        pub last_body: String,
        /// Who wrote it.
        pub last_author: String,
        /// Whether staff did.
        pub last_from_staff: bool,
        /// When.
        pub last_at_ms: UnixMs,
    }
}

/// Which threads are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Only those with something that staff has not read.
    pub unread: bool,
    /// Only those whose affiliate's name, address or company has this.
    pub search: Option<String>,
}

impl Filter {
    fn pattern(&self) -> Option<String> {
        self.search.as_deref().map(domain::text::like_pattern)
    }

    fn unread_flag(&self) -> Option<&'static str> {
        self.unread.then_some("unread")
    }
}

/// Opens the affiliate's thread for writing; those who write to it at the same time wait.
///
/// # Errors
/// As the database says.
pub async fn open(tx: &mut Tx, affiliate: AffiliateId, now: UnixMs) -> Result<Thread> {
    tx.fetch_one(
        include_str!("message/open.sql"),
        args![affiliate, false, now],
    )
    .await
}

/// Where an affiliate's thread stands; none while nobody has written.
///
/// # Errors
/// As the database says.
pub async fn find_thread(tx: &mut Tx, affiliate: AffiliateId) -> Result<Option<Thread>> {
    tx.fetch_optional(include_str!("message/find_thread.sql"), args![affiliate])
        .await
}

/// Adds a message to a thread that was opened. `excerpt` is its beginning, for lists.
///
/// # Errors
/// As the database says.
pub async fn insert(
    tx: &mut Tx,
    affiliate: AffiliateId,
    message: &Message,
    excerpt: &str,
) -> Result<()> {
    let Message {
        number,
        from_staff,
        author_name,
        body,
        created_at_ms,
    } = message;
    let values = args![
        affiliate,
        *number,
        *from_staff,
        author_name,
        body,
        *created_at_ms
    ];
    tx.execute(include_str!("message/insert.sql"), values)
        .await?;
    let values = args![
        affiliate,
        *number,
        i64::from(!*from_staff),
        i64::from(*from_staff),
        excerpt,
        author_name,
        *from_staff,
        *created_at_ms
    ];
    tx.execute(include_str!("message/add.sql"), values).await?;
    Ok(())
}

/// The latest messages below a number, the latest first.
///
/// # Errors
/// As the database says.
pub async fn latest(
    tx: &mut Tx,
    affiliate: AffiliateId,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Message>> {
    tx.fetch_all(
        include_str!("message/latest.sql"),
        args![affiliate, before, limit],
    )
    .await
}

/// When one side wrote since an instant, the latest first.
///
/// # Errors
/// As the database says.
pub async fn sent_since(
    tx: &mut Tx,
    affiliate: AffiliateId,
    from_staff: bool,
    since: UnixMs,
    limit: i64,
) -> Result<Vec<UnixMs>> {
    let rows: Vec<Single<UnixMs>> = tx
        .fetch_all(
            include_str!("message/sent_since.sql"),
            args![affiliate, from_staff, since, limit],
        )
        .await?;
    Ok(rows.into_iter().map(|row| row.0).collect())
}

/// Notes that a side has read the messages up to a number; false when there was nothing unread.
///
/// # Errors
/// As the database says.
pub async fn set_read(
    tx: &mut Tx,
    affiliate: AffiliateId,
    by_staff: bool,
    number: i64,
) -> Result<bool> {
    let set = if by_staff {
        include_str!("message/read_by_staff.sql")
    } else {
        include_str!("message/read_by_affiliate.sql")
    };
    // What is left unread was written by the other side.
    Ok(tx.execute(set, args![affiliate, !by_staff, number]).await? == 1)
}

/// The threads of a filter.
///
/// # Errors
/// As the database says.
pub async fn list(tx: &mut Tx, filter: &Filter, window: Window) -> Result<Vec<ThreadLine>> {
    let values = args![
        filter.unread_flag(),
        filter.pattern(),
        window.limit,
        window.offset
    ];
    tx.fetch_all(
        ordered(include_str!("message/list.sql"), window.order),
        values,
    )
    .await
}

/// How many threads a filter has.
///
/// # Errors
/// As the database says.
pub async fn count(tx: &mut Tx, filter: &Filter) -> Result<i64> {
    tx.value(
        include_str!("message/count.sql"),
        args![filter.unread_flag(), filter.pattern()],
    )
    .await
}
