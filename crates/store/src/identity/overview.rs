//! Figures about a whole business that stand around every admin page.

use crate::db::{Result, Tx};
use crate::{args, record};

record! {
    /// How far the set-up has come: whether there is one of each.
    pub struct Progress {
        pub settings_reviewed: bool,
        pub dismissed: bool,
        pub groups: bool,
        pub campaigns: bool,
        pub affiliates: bool,
        pub referrals: bool,
        pub commissions_approved: bool,
        pub payouts_paid: bool,
        /// A least amount for payouts is set, for all or for a group.
        pub minimums: bool,
    }
}

record! {
    /// What waits, beside the menu's entries.
    pub struct Waiting {
        pub affiliates: i64,
        pub referrals_pending: i64,
        pub commissions_pending: i64,
        pub payouts_open: i64,
        /// Executions of which it is not known whether they paid.
        pub transfers_unknown: i64,
        pub mail_failed: i64,
        /// Conversations with something that staff has not read.
        pub messages_unread: i64,
        pub applications_pending: i64,
    }
}

/// How far the set-up has come.
///
/// # Errors
/// As the database says.
pub async fn progress(tx: &mut Tx) -> Result<Progress> {
    tx.fetch_one(include_str!("overview/progress.sql"), args![])
        .await
}

/// What waits for a person.
///
/// # Errors
/// As the database says.
pub async fn waiting(tx: &mut Tx) -> Result<Waiting> {
    tx.fetch_one(include_str!("overview/waiting.sql"), args![])
        .await
}
