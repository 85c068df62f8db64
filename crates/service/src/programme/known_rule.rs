//! Versions of rules in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::BusinessId;
use domain::rule::Rule;
use store::programme::rule::RuleVersion;

/// Versions that are kept; about 1 KiB each.
const VERSIONS_MAX: usize = 10_000;

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

/// All versions of the rules of businesses. A version is never changed and never goes, so what was read once stays right
/// until there is another one; whether there is is asked of the database each time, see
/// [`Opening::rules`](store::programme::event::Opening).
#[derive(Debug, Default)]
pub struct KnownRules(Mutex<Businesses>);

/// By business: what stood for its versions when they were read, and they.
type Businesses = HashMap<BusinessId, (i64, Arc<[Version]>)>;

impl KnownRules {
    /// The versions that `mark` stands for, when they have been read.
    pub(crate) fn of(&self, business: BusinessId, mark: i64) -> Option<Arc<[Version]>> {
        let businesses = self.businesses();
        let (known, versions) = businesses.get(&business)?;
        (*known == mark).then(|| Arc::clone(versions))
    }

    /// Keeps versions that were read.
    pub(crate) fn keep(&self, business: BusinessId, mark: i64, versions: Arc<[Version]>) {
        let mut businesses = self.businesses();
        businesses.remove(&business);
        let kept: usize = businesses.values().map(|(_, kept)| kept.len()).sum();
        if kept + versions.len() > VERSIONS_MAX {
            businesses.clear();
        }
        businesses.insert(business, (mark, versions));
    }

    fn businesses(&self) -> MutexGuard<'_, Businesses> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
