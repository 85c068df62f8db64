//! The hash chain over the journal. The byte format is fixed in docs/adr/0003-journal-byte-format.md.

use sha2::{Digest as _, Sha256};

use super::Posting;
use crate::id::{AffiliateId, BusinessId, CommissionId, EventId, JournalId, PayoutId};
use crate::money::Currency;
use crate::status::JournalKind;
use crate::time::UnixMs;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// The previous hash of a business's first entry.
pub const GENESIS: Hash = [0; 32];

/// What the bytes begin with, so that they can never be those of something else.
const DOMAIN_TAG: &[u8] = b"tributary-journal-v1\0";

/// Everything of a journal entry that its hash covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryContent {
    /// The business, which has one chain.
    pub business_id: BusinessId,
    /// 1 for the first entry, without gaps.
    pub seq: u64,
    /// The entry.
    pub entry_id: JournalId,
    /// When it was written.
    pub at: UnixMs,
    /// Whose money moves.
    pub affiliate_id: AffiliateId,
    /// In which currency.
    pub currency: Currency,
    /// What it records.
    pub kind: JournalKind,
    /// The commission it is about.
    pub commission_id: Option<CommissionId>,
    /// The payout it is about.
    pub payout_id: Option<PayoutId>,
    /// The event that caused it.
    pub event_id: Option<EventId>,
    /// The postings, in their stored order.
    pub postings: Vec<Posting>,
}

impl EntryContent {
    /// The bytes that are hashed.
    #[must_use]
    pub fn bytes(&self, previous: &Hash) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.extend_from_slice(DOMAIN_TAG);
        bytes.extend_from_slice(&self.business_id.as_i64().to_be_bytes());
        bytes.extend_from_slice(&self.seq.to_be_bytes());
        bytes.extend_from_slice(self.entry_id.uuid().as_bytes());
        bytes.extend_from_slice(&self.at.0.to_be_bytes());
        bytes.extend_from_slice(self.affiliate_id.uuid().as_bytes());
        text(&mut bytes, self.currency.code());
        text(&mut bytes, self.kind.as_str());
        optional(&mut bytes, self.commission_id.map(CommissionId::uuid));
        optional(&mut bytes, self.payout_id.map(PayoutId::uuid));
        optional(&mut bytes, self.event_id.map(EventId::uuid));
        bytes.extend_from_slice(&length(self.postings.len()));
        for posting in &self.postings {
            text(&mut bytes, posting.account.as_str());
            bytes.extend_from_slice(&posting.amount.to_be_bytes());
        }
        bytes.extend_from_slice(previous);
        bytes
    }
}

/// The hash of an entry that follows `previous` ([`GENESIS`] for the first).
#[must_use]
pub fn entry_hash(entry: &EntryContent, previous: Hash) -> Hash {
    Sha256::digest(entry.bytes(&previous)).into()
}

/// Where the chain is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChainBreak {
    /// An entry is missing, or one is too many.
    #[error("entry {found} follows where {expected} should")]
    Sequence {
        /// The number that should have followed.
        expected: u64,
        /// The number that did.
        found: u64,
    },
    /// It does not name the hash of the entry before it.
    #[error("entry {seq} does not follow from the entry before it")]
    Previous {
        /// The entry.
        seq: u64,
    },
    /// Its content is not what was hashed.
    #[error("entry {seq} was changed")]
    Content {
        /// The entry.
        seq: u64,
    },
}

/// Checks a business's entries one after the other, from the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainCheck {
    seq: u64,
    hash: Hash,
}

impl Default for ChainCheck {
    fn default() -> Self {
        Self {
            seq: 0,
            hash: GENESIS,
        }
    }
}

impl ChainCheck {
    /// Takes the next entry with its stored hashes.
    ///
    /// # Errors
    /// [`ChainBreak`].
    pub fn next(
        &mut self,
        entry: &EntryContent,
        previous: Hash,
        hash: Hash,
    ) -> Result<(), ChainBreak> {
        let expected = self.seq.saturating_add(1);
        if entry.seq != expected {
            return Err(ChainBreak::Sequence {
                expected,
                found: entry.seq,
            });
        }
        if previous != self.hash {
            return Err(ChainBreak::Previous { seq: entry.seq });
        }
        if entry_hash(entry, previous) != hash {
            return Err(ChainBreak::Content { seq: entry.seq });
        }
        (self.seq, self.hash) = (entry.seq, hash);
        Ok(())
    }

    /// The number and hash of the last entry, to be compared with the journal head.
    #[must_use]
    pub const fn head(&self) -> (u64, Hash) {
        (self.seq, self.hash)
    }
}

fn length(length: usize) -> [u8; 4] {
    // Words and posting lists are a few bytes long; saturating keeps this total.
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend_from_slice(&length(text.len()));
    bytes.extend_from_slice(text.as_bytes());
}

fn optional(bytes: &mut Vec<u8>, id: Option<uuid::Uuid>) {
    match id {
        None => bytes.push(0),
        Some(id) => {
            bytes.push(1);
            bytes.extend_from_slice(id.as_bytes());
        }
    }
}
