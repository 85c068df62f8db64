//! The accounts of one address, told apart: by name, apps and age.

use domain::id::AccountId;
use jiff::tz::TimeZone;
use service::portal::account::Account;

use super::viewer::AFFILIATE;
use crate::language::{phrase, t};
use crate::moment::Moment;

/// An account to choose.
pub(super) struct AccountChoice {
    pub id: String,
    pub name: String,
    /// "Affiliate · since 12 Mar 2026".
    pub detail: String,
    /// Whether it is the one that is chosen, or in use.
    pub chosen: bool,
}

/// The choices, in the order given; without one that is chosen it is the first.
pub(super) fn choices(accounts: &[Account], chosen: Option<AccountId>) -> Vec<AccountChoice> {
    let chosen = chosen.or_else(|| accounts.first().map(|account| account.id));
    accounts
        .iter()
        .map(|account| {
            let since = Moment::new(account.created_at_ms, &TimeZone::UTC).date;
            let apps = if account.affiliate_id.is_some() {
                t(AFFILIATE)
            } else {
                t("choice-no-apps")
            };
            AccountChoice {
                id: account.id.to_string(),
                name: account.name.clone(),
                detail: phrase("choice-since")
                    .with("apps", apps)
                    .with("since", since)
                    .into(),
                chosen: chosen == Some(account.id),
            }
        })
        .collect()
}
