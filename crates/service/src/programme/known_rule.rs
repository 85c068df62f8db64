//! Versions of rules in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::BusinessId;
use domain::rule::Rule;
use store::programme::rule::RuleVersion;

/// Versions that are kept, about 1 KiB each; more when a single business has more.
const VERSIONS_MAX: usize = 20_000;

/// A version, as far as events are decided by it.
#[derive(Debug)]
pub(crate) struct Version {
    /// False when the rule is switched off from this version on.
    pub active: bool,
    pub rule: Arc<Rule>,
}

impl AsRef<Rule> for Version {
    fn as_ref(&self) -> &Rule {
        &self.rule
    }
}

impl From<RuleVersion> for Version {
    fn from(RuleVersion { rule, active, .. }: RuleVersion) -> Self {
        Self {
            active,
            rule: Arc::new(rule),
        }
    }
}

/// The versions of rules of businesses, all of each. A version never changes and never goes, so those that were read are
/// right for as long as the business's mark (see [`Terms::rules_mark`](store::programme::event::Terms)) is the same. It is
/// read from the database with each event.
#[derive(Debug, Default)]
pub struct KnownRules(Mutex<HashMap<BusinessId, Known>>);

#[derive(Debug)]
struct Known {
    mark: i64,
    versions: Arc<[Version]>,
}

impl KnownRules {
    /// All versions, when they were read under this mark.
    pub(crate) fn of(&self, business: BusinessId, mark: i64) -> Option<Arc<[Version]>> {
        let businesses = self.businesses();
        let known = businesses.get(&business)?;
        (known.mark == mark).then(|| Arc::clone(&known.versions))
    }

    /// Keeps all versions, which were read under this mark.
    pub(crate) fn keep(
        &self,
        business: BusinessId,
        mark: i64,
        read: Vec<RuleVersion>,
    ) -> Arc<[Version]> {
        let versions: Arc<[Version]> = read.into_iter().map(Version::from).collect();
        let mut businesses = self.businesses();
        businesses.remove(&business);
        let mut kept: usize = businesses.values().map(|known| known.versions.len()).sum();
        // Any of the others.
        while kept + versions.len() > VERSIONS_MAX
            && let Some(other) = businesses.keys().next().copied()
        {
            kept -= businesses
                .remove(&other)
                .map_or(0, |known| known.versions.len());
        }
        let known = Known {
            mark,
            versions: Arc::clone(&versions),
        };
        businesses.insert(business, known);
        versions
    }

    fn businesses(&self) -> MutexGuard<'_, HashMap<BusinessId, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use domain::id::RuleId;
    use domain::rule::{Caps, Recurrence, Reward, Scope, Trigger};
    use domain::status::{Base, TriggerOn};
    use domain::time::UnixMs;

    use super::*;

    fn versions(number: i64) -> Vec<RuleVersion> {
        let one = |version| RuleVersion {
            rule: Rule {
                id: RuleId::from(uuid::Uuid::nil()),
                version,
                scope: Scope::default(),
                trigger: Trigger {
                    on: TriggerOn::Sale,
                    event: None,
                },
                conditions: None,
                reward: Reward::PercentPpm(1),
                base: Base::Net,
                recurrence: Recurrence::default(),
                caps: Caps::default(),
                levels: Vec::new(),
                hold_days: 0,
                auto_approve: false,
                effective_from: UnixMs(0),
                created_at: UnixMs(0),
            },
            name: String::new(),
            active: true,
            effective_day: None,
            created_at: UnixMs(0),
            group_name: None,
            campaign_name: None,
            affiliate_name: None,
        };
        (1..=number).map(one).collect()
    }

    #[test]
    fn they_are_known_by_their_business_and_its_mark() {
        let known = KnownRules::default();
        let (one, two) = (BusinessId::from_i64(1), BusinessId::from_i64(2));
        known.keep(one, 7, versions(2));
        known.keep(two, 7, versions(1));
        let count = |business, mark| known.of(business, mark).map(|versions| versions.len());
        assert_eq!((count(one, 7), count(two, 7)), (Some(2), Some(1)));
        assert_eq!(count(one, 8), None, "another version was made");
        known.keep(one, 8, versions(3));
        assert_eq!((count(one, 7), count(one, 8)), (None, Some(3)));
        assert_eq!(count(two, 7), Some(1));
    }

    #[test]
    fn businesses_make_room_one_by_one() {
        let known = KnownRules::default();
        let third = i64::try_from(VERSIONS_MAX / 3).unwrap();
        let businesses: Vec<BusinessId> = (1..=4).map(BusinessId::from_i64).collect();
        for business in &businesses {
            known.keep(*business, 1, versions(third));
            assert!(known.of(*business, 1).is_some(), "the newest always is");
        }
        let kept = businesses.iter().filter(|id| known.of(**id, 1).is_some());
        assert_eq!(kept.count(), 3);
    }
}
