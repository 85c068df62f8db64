//! Changes of one business after the other, each once, for whoever passes them on later.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::BusinessId;
use store::change_note::NewNote;

use super::Change;

/// Changes of one business that are kept apart. More at a time are passed on as one of the business as a whole, which all its
/// pages hear: that costs less than so many notes.
const NOTES_MAX: usize = 50;

/// What has changed and is not passed on yet: never more than [`NOTES_MAX`] notes a business, however long it waits.
#[derive(Debug, Default)]
pub(crate) struct News(BTreeMap<BusinessId, BTreeSet<NewNote>>);

impl News {
    /// Adds a change; with `clicks`, one that is new clicks and nothing else.
    pub(crate) fn add(&mut self, change: Change, clicks: bool) {
        let notes = self.0.entry(change.business).or_default();
        let whole = |clicks| NewNote {
            affiliate_id: None,
            clicks,
        };
        if notes.contains(&whole(false)) || (clicks && notes.contains(&whole(true))) {
            return;
        }
        notes.insert(NewNote {
            affiliate_id: change.affiliate,
            clicks,
        });
        if notes.len() > NOTES_MAX {
            let only_clicks = notes.iter().all(|note| note.clicks);
            notes.clear();
            notes.insert(whole(only_clicks));
        }
    }

    /// Whether nothing has changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is to be noted of each business.
    pub(crate) fn notes(&self) -> &BTreeMap<BusinessId, BTreeSet<NewNote>> {
        &self.0
    }

    /// The changes, each with whether it is new clicks and nothing else.
    pub(crate) fn changes(&self) -> impl Iterator<Item = (Change, bool)> {
        self.0.iter().flat_map(|(business, notes)| {
            notes.iter().map(move |note| {
                let change = Change {
                    business: *business,
                    affiliate: note.affiliate_id,
                };
                (change, note.clicks)
            })
        })
    }
}
