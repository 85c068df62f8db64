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

#[cfg(test)]
mod tests {
    use domain::id::AffiliateId;

    use super::*;

    fn change(business: i64, affiliate: Option<&str>) -> Change {
        Change {
            business: BusinessId::from_i64(business),
            affiliate: affiliate.map(|id| id.parse().unwrap()),
        }
    }

    fn told(news: &News) -> Vec<(Change, bool)> {
        news.changes().collect()
    }

    /// More changes of affiliates than are kept apart.
    fn many(business: i64) -> impl Iterator<Item = Change> {
        (0..=NOTES_MAX as u128).map(move |number| Change {
            business: BusinessId::from_i64(business),
            affiliate: Some(AffiliateId::from(uuid::Uuid::from_u128(number))),
        })
    }

    #[test]
    fn each_change_is_kept_once() {
        let maya = change(1, Some("aff_01h455vb4pex5vsknk084sn02q"));
        let (shop, other) = (change(1, None), change(2, None));
        let mut news = News::default();
        assert!(news.is_empty());
        for (change, clicks) in [
            (maya, true),
            (maya, false),
            (other, true),
            (shop, false),
            (maya, true),
            (other, true),
        ] {
            news.add(change, clicks);
        }
        assert_eq!(
            told(&news),
            [(shop, false), (maya, false), (maya, true), (other, true)]
        );
        // What says that the business as a whole has changed says it of all its affiliates.
        let mut news = News::default();
        news.add(shop, false);
        news.add(maya, false);
        assert_eq!(told(&news), [(shop, false)]);
    }

    #[test]
    fn many_become_their_business() {
        let mut news = News::default();
        for change in many(1).chain(many(2)) {
            news.add(change, true);
        }
        news.add(change(2, Some("aff_01h455vb4pex5vsknk084sn02q")), true);
        // Clicks stay clicks; a change among them counts.
        let (shop, other) = (change(1, None), change(2, None));
        assert_eq!(told(&news), [(shop, true), (other, true)]);
        news.add(other, false);
        news.add(other, true);
        assert_eq!(told(&news), [(shop, true), (other, false), (other, true)]);
        let mut news = News::default();
        for (number, change) in many(1).enumerate() {
            news.add(change, number != 7);
        }
        assert_eq!(told(&news), [(shop, false)]);
    }
}
