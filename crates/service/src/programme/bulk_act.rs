//! What decisions on many at once have in common: what they are about, what they did, and what was left and why.

use domain::id::BulkActId;
use sha2::{Digest as _, Sha256};
use store::db::{Column, Value};
use store::programme::bulk_act as rows;

use crate::error::{Result, ServiceError, conflict, invalid};
use crate::work::Work;

/// The most of one act; more are done in several.
const BULK_MAX: usize = 5_000;

/// What an act is about.
#[derive(Debug, Clone)]
pub enum Selection<I, F> {
    /// These.
    Ids(Vec<I>),
    /// All that pass the filter; of one without a state the pending ones.
    Filter(Box<F>),
}

/// What an act did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkResult<I> {
    /// Done.
    pub done: Vec<I>,
    /// Left as they were, and why.
    pub failed: Vec<(I, String)>,
    /// By which all of it can be undone; none when nothing was done.
    pub act: Option<BulkActId>,
}

impl<I> Default for BulkResult<I> {
    fn default() -> Self {
        Self {
            done: Vec::new(),
            failed: Vec::new(),
            act: None,
        }
    }
}

impl<I: Copy + Into<Value>> BulkResult<I> {
    /// Takes in what came of one of them. An error that is not about this one ends the act.
    pub(super) fn sort(&mut self, id: I, outcome: Result<()>) -> Result<()> {
        match outcome {
            Ok(()) => self.done.push(id),
            Err(ServiceError::NotFound(noun)) => {
                self.failed.push((id, format!("{noun} not found")));
            }
            Err(ServiceError::Conflict(why)) => self.failed.push((id, why)),
            Err(other) => return Err(other),
        }
        Ok(())
    }

    /// Notes the act, so that it can be undone. `noun` is what it is about, `act` is `approve` or `reject`.
    pub(super) async fn note(&mut self, work: &mut Work, noun: &str, act: &str) -> Result<()> {
        if !self.done.is_empty() {
            let id: BulkActId = work.new_id();
            rows::insert(&mut work.tx, id, noun, act, work.now, &self.done).await?;
            self.act = Some(id);
        }
        Ok(())
    }
}

/// Marks an act undone: whether it had approved or rejected, and what it was about.
///
/// # Errors
/// Conflict when there is no such act, or it was undone before.
pub(super) async fn undo<I: Column>(
    work: &mut Work,
    noun: &str,
    act: BulkActId,
) -> Result<(bool, Vec<I>)> {
    let done = rows::undo(&mut work.tx, act, noun, work.now)
        .await?
        .ok_or(conflict("this was undone before"))?;
    let items = rows::items(&mut work.tx, act).await?;
    Ok((done.act == "approve", items))
}

/// How many bytes of a hash tell selections apart.
const MARK_BYTES: usize = 8;

/// A short mark of which ones these are, in whatever order: as many others of the same worth have another.
#[must_use]
pub fn mark<I: ToString>(ids: &[I]) -> String {
    let mut names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    names.sort_unstable();
    let hash: [u8; 32] = Sha256::digest(names.join("\n").as_bytes()).into();
    data_encoding::HEXLOWER.encode(&hash[..MARK_BYTES])
}

/// How many to look for: one more than there may be tells that there are too many.
pub(super) fn limit() -> i64 {
    i64::try_from(BULK_MAX).map_or(i64::MAX, |most| most.saturating_add(1))
}

/// Refuses more than one act may be about.
pub(super) fn require_few<I>(ids: &[I]) -> Result<()> {
    if ids.len() > BULK_MAX {
        return Err(invalid("ids", "at most 5000 at a time; narrow the filter"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_which_and_not_in_what_order() {
        let marked = mark(&["a", "b"]);
        assert_eq!(marked.len(), 2 * MARK_BYTES);
        assert_eq!(mark(&["b", "a"]), marked);
        for other in [&["a"][..], &["a", "c"], &["a", "b", "c"], &["ab"], &[]] {
            assert_ne!(mark(other), marked, "{other:?}");
        }
    }
}
