//! Versions of rules in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::id::{BusinessId, RuleId};
use domain::rule::Rule;
use domain::time::UnixMs;
use store::programme::rule::{Key, RuleVersion};

/// Versions that are kept; about 1 KiB each.
const VERSIONS_MAX: usize = 10_000;

/// The versions that events were decided by. A version is never changed, so what was read once stays right; which of them
/// are in force is asked of the database each time. When one was made tells it from another of the same number, which there
/// may be after the database was brought back from a backup.
#[derive(Debug, Default)]
pub struct KnownRules(Mutex<Versions>);

type Versions = HashMap<(BusinessId, RuleId, i64, UnixMs), Arc<Rule>>;

impl KnownRules {
    /// This version, when it has been read.
    pub(crate) fn get(&self, business: BusinessId, key: &Key) -> Option<Arc<Rule>> {
        self.versions()
            .get(&(business, key.id, key.version, key.created_at_ms))
            .cloned()
    }

    /// Keeps a version that was read.
    pub(crate) fn add(&self, business: BusinessId, read: RuleVersion) -> Arc<Rule> {
        let RuleVersion {
            rule, created_at, ..
        } = read;
        let mut versions = self.versions();
        if versions.len() >= VERSIONS_MAX {
            versions.clear();
        }
        let key = (business, rule.id, rule.version, created_at);
        let rule = Arc::new(rule);
        versions.insert(key, Arc::clone(&rule));
        rule
    }

    fn versions(&self) -> MutexGuard<'_, Versions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
