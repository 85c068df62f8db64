//! SQLite: the connections to one file, and transactions on them.
//!
//! A statement runs in the thread that asks for it, because handing it to another one costs more than
//! most statements do. What takes long is done beside: a commit that waits for the disk, and a read that
//! has not ended after [`STEPS_HERE`](transaction::STEPS_HERE) steps, which is begun anew there. Tasks of the
//! same thread have their turn after a statement that took long, and after many.
//!
//! Short transactions can be committed together, so that many wait for the disk only once. The first one
//! that ends while others wait leaves its transaction open as a *group*; each that follows goes on in it and is
//! answered when the group has been committed, which happens as soon as those that waited have had their turn.
//! What they change by is written down: when one of them is not to be stored, all is rolled back and what the others
//! had changed is done again. A savepoint for each would cost all of them copies of the pages they change.

mod checkpoint;
mod connections;
mod lease;
mod pool;
mod session;
mod text;
mod transaction;

pub(super) use pool::Pool;
pub(super) use transaction::Transaction;

#[cfg(test)]
mod tests;
