//! The file of a signed statement, and its check, which needs nothing but the file.
//!
//! It is text, one JSON object a line: the [`Header`] with where the journal stood before and after, the
//! entries in their order, and a [`Signature`] (Ed25519) over every byte before its own line.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use domain::id::{AffiliateId, BusinessId, CommissionId, EventId, JournalId, PayoutId};
use domain::ledger::{EntryContent, Hash, Posting, entry_hash};
use domain::money::Currency;
use domain::status::{Account, JournalKind};
use domain::time::UnixMs;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::error::{Result, ServiceError};
use crate::programme::ledger::JournalEntry;

/// The first word of every file.
pub const FORMAT: &str = "tributary-statement-v1";
/// What an affiliate's own chain is hashed with, so that it is never another hash.
const OWN_TAG: &[u8] = b"tributary-affiliate-chain-v1\0";

/// What is on an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// In which currency.
    pub currency: Currency,
    /// The account.
    pub account: Account,
    /// Minor units; accounts with nothing are left out.
    pub amount: i64,
}

/// Where the journal stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The last entry of the business's journal.
    pub seq: i64,
    /// How many entries there were: of the affiliate, or of the business.
    pub count: i64,
    /// The hash of that entry; of an affiliate's statement the affiliate's own chain (see [`own_hash`]).
    pub hash: String,
    /// The balances then.
    pub balances: Vec<Balance>,
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// [`FORMAT`].
    pub format: String,
    /// Whose journal.
    pub business: BusinessId,
    /// Its name.
    pub business_name: String,
    /// Whose part of it; all of it when none.
    pub affiliate: Option<AffiliateId>,
    /// The affiliate's name.
    pub affiliate_name: Option<String>,
    /// The period's first instant.
    pub from: UnixMs,
    /// The first instant after it.
    pub to: UnixMs,
    /// When the file was written.
    pub made_at: UnixMs,
    /// The key of the signature: 64 hexadecimal digits.
    pub public_key: String,
    /// Before the first entry.
    pub opening: Mark,
    /// After the last.
    pub closing: Mark,
}

/// An entry of the journal; its time in milliseconds, as it is hashed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place in the business's journal.
    pub seq: i64,
    /// Its id.
    pub id: JournalId,
    /// Milliseconds since 1970, UTC.
    pub at_ms: i64,
    /// Whose money moved.
    pub affiliate: AffiliateId,
    /// In which currency.
    pub currency: Currency,
    /// What happened.
    pub kind: JournalKind,
    /// The commission it is about.
    pub commission: Option<CommissionId>,
    /// The payout it is about.
    pub payout: Option<PayoutId>,
    /// The event that caused it.
    pub event: Option<EventId>,
    /// What moved.
    pub postings: Vec<Posting>,
    /// The hash of the entry before it in the business's journal.
    pub previous_hash: String,
    /// Its own hash.
    pub hash: String,
}

/// The last line.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// 128 hexadecimal digits.
    pub signature: String,
}

impl From<JournalEntry> for Entry {
    fn from(JournalEntry { entry, postings }: JournalEntry) -> Self {
        Self {
            seq: entry.seq,
            id: entry.id,
            at_ms: entry.at_ms.0,
            affiliate: entry.affiliate_id,
            currency: entry.currency,
            kind: entry.kind,
            commission: entry.commission_id,
            payout: entry.payout_id,
            event: entry.event_id,
            postings: postings
                .into_iter()
                .map(|posting| Posting {
                    account: posting.account,
                    amount: posting.amount,
                })
                .collect(),
            previous_hash: HEXLOWER.encode(&entry.previous_hash),
            hash: HEXLOWER.encode(&entry.hash),
        }
    }
}

/// A line of the file.
pub(super) fn line<T: Serialize>(value: &T) -> Result<String> {
    let mut text =
        serde_json::to_string(value).map_err(|error| ServiceError::Internal(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The next hash of an affiliate's own chain: SHA-256 of a tag, the hash before it (hexadecimal digits)
/// and the hash of the entry. The first follows 64 zeros.
#[must_use]
pub fn own_hash(before: &str, entry: &Hash) -> String {
    let mut hasher = Sha256::new();
    hasher.update(OWN_TAG);
    hasher.update(before.as_bytes());
    hasher.update(entry);
    HEXLOWER.encode(&hasher.finalize())
}

/// Why a file proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct Broken {
    /// Where, from 1.
    pub line: usize,
    /// What does not hold, in words.
    pub what: String,
}

/// A file that holds.
#[derive(Debug, Clone)]
pub struct Proven {
    /// Its header.
    pub header: Header,
    /// Its entries.
    pub entries: Vec<Entry>,
}

fn broken(line: usize, what: impl Into<String>) -> Broken {
    Broken {
        line,
        what: what.into(),
    }
}

fn hash_of(text: &str) -> Option<Hash> {
    HEXLOWER.decode(text.as_bytes()).ok()?.try_into().ok()
}

/// Checks a statement: every entry against its hash, the chain from opening to closing, the balances,
/// and the signature over all of it. With `key` it must be signed with that one.
///
/// # Errors
/// [`Broken`] with the first line that does not hold.
pub fn verify(text: &str, key: Option<&str>) -> Result<Proven, Broken> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let [first, between @ .., last] = lines.as_slice() else {
        return Err(broken(1, "this is not a statement of Tributary"));
    };
    let header: Header = serde_json::from_str(first)
        .map_err(|error| broken(1, format!("the header cannot be read: {error}")))?;
    if header.format != FORMAT {
        return Err(broken(
            1,
            format!("this program reads {FORMAT}, not {}", header.format),
        ));
    }
    if let Some(key) = key
        && !key.trim().eq_ignore_ascii_case(&header.public_key)
    {
        return Err(broken(
            1,
            format!("it names the key {}, not the one given", header.public_key),
        ));
    }
    let mut check = Check::new(&header)?;
    let mut entries = Vec::with_capacity(between.len());
    for (line, number) in between.iter().zip(2..) {
        let entry: Entry = serde_json::from_str(line)
            .map_err(|error| broken(number, format!("the entry cannot be read: {error}")))?;
        check.entry(&header, &entry, number)?;
        entries.push(entry);
    }
    let end = lines.len();
    check.end(&header, end)?;
    let Signature { signature } = serde_json::from_str(last).map_err(|_| {
        broken(
            end,
            "the signature is missing: the file does not end where it was written to the end",
        )
    })?;
    let fits = || {
        let public = HEXLOWER.decode(header.public_key.as_bytes()).ok()?;
        let signature = HEXLOWER.decode(signature.as_bytes()).ok()?;
        let signed = &text.as_bytes()[..text.len() - last.len()];
        UnparsedPublicKey::new(&ED25519, public)
            .verify(signed, &signature)
            .ok()
    };
    fits().ok_or_else(|| {
        broken(
            end,
            "the signature does not fit: the header or another line was changed after signing, or somebody else signed it",
        )
    })?;
    Ok(Proven { header, entries })
}

/// What has been read so far.
struct Check {
    seq: i64,
    count: i64,
    hash: String,
    balances: BTreeMap<(Currency, Account), i64>,
}

impl Check {
    fn new(header: &Header) -> Result<Self, Broken> {
        let opening = &header.opening;
        if header.affiliate.is_none() && opening.seq != opening.count {
            return Err(broken(1, "the opening does not count every entry"));
        }
        Ok(Self {
            seq: opening.seq,
            count: opening.count,
            hash: opening.hash.clone(),
            balances: opening
                .balances
                .iter()
                .map(|b| ((b.currency, b.account), b.amount))
                .collect(),
        })
    }

    fn entry(&mut self, header: &Header, entry: &Entry, line: usize) -> Result<(), Broken> {
        let seq = entry.seq;
        match header.affiliate {
            None if seq != self.seq + 1 => {
                return Err(broken(
                    line,
                    format!(
                        "entry {seq} follows where {} should: one was removed, added or moved",
                        self.seq + 1
                    ),
                ));
            }
            Some(_) if seq <= self.seq => {
                return Err(broken(
                    line,
                    format!(
                        "entry {seq} follows entry {}: the order was changed",
                        self.seq
                    ),
                ));
            }
            Some(affiliate) if affiliate != entry.affiliate => {
                return Err(broken(line, format!("entry {seq} is of another affiliate")));
            }
            _ => {}
        }
        if seq > header.closing.seq {
            return Err(broken(line, format!("entry {seq} is behind the closing")));
        }
        let (Some(previous), Some(hash)) = (hash_of(&entry.previous_hash), hash_of(&entry.hash))
        else {
            return Err(broken(line, format!("entry {seq} has a hash that is none")));
        };
        if header.affiliate.is_none() && entry.previous_hash != self.hash {
            return Err(broken(
                line,
                format!("entry {seq} does not follow from the entry before it"),
            ));
        }
        let content = EntryContent {
            business_id: header.business,
            seq: seq.unsigned_abs(),
            entry_id: entry.id,
            at: UnixMs(entry.at_ms),
            affiliate_id: entry.affiliate,
            currency: entry.currency,
            kind: entry.kind,
            commission_id: entry.commission,
            payout_id: entry.payout,
            event_id: entry.event,
            postings: entry.postings.clone(),
        };
        if entry_hash(&content, previous) != hash {
            return Err(broken(line, format!("entry {seq} was changed")));
        }
        if !(header.from.0..header.to.0).contains(&entry.at_ms) {
            return Err(broken(line, format!("entry {seq} is not of this period")));
        }
        let sum: i128 = entry.postings.iter().map(|p| i128::from(p.amount)).sum();
        if sum != 0 {
            return Err(broken(
                line,
                format!("entry {seq} adds up to {sum}, not to zero"),
            ));
        }
        for posting in &entry.postings {
            let held = self
                .balances
                .entry((entry.currency, posting.account))
                .or_default();
            *held = held
                .checked_add(posting.amount)
                .ok_or_else(|| broken(line, "a balance is out of range"))?;
        }
        self.hash = match header.affiliate {
            None => entry.hash.clone(),
            Some(_) => own_hash(&self.hash, &hash),
        };
        (self.seq, self.count) = (seq, self.count + 1);
        Ok(())
    }

    fn end(mut self, header: &Header, line: usize) -> Result<(), Broken> {
        let closing = &header.closing;
        if self.count != closing.count {
            return Err(broken(
                line,
                format!(
                    "the entries number {}, the header says {}: {}",
                    self.count - header.opening.count,
                    closing.count - header.opening.count,
                    if self.count < closing.count {
                        "some were left out"
                    } else {
                        "some were added"
                    }
                ),
            ));
        }
        if header.affiliate.is_none() && self.seq != closing.seq {
            return Err(broken(
                line,
                format!("the entries end at {}, not at {}", self.seq, closing.seq),
            ));
        }
        if self.hash != closing.hash {
            return Err(broken(
                line,
                "the chain does not end at the hash of the header: an entry was put in place of another",
            ));
        }
        for balance in &closing.balances {
            let held = self
                .balances
                .remove(&(balance.currency, balance.account))
                .unwrap_or_default();
            if held != balance.amount {
                return Err(broken(
                    1,
                    format!(
                        "{} in {} closes at {}, the entries make it {held}",
                        balance.account, balance.currency, balance.amount
                    ),
                ));
            }
        }
        if let Some(((currency, account), held)) =
            self.balances.into_iter().find(|(_, held)| *held != 0)
        {
            return Err(broken(
                1,
                format!(
                    "{account} in {currency} is not among the closing balances; the entries make it {held}"
                ),
            ));
        }
        Ok(())
    }
}

/// Whether a statement goes on exactly where the one before it ended: nothing lies between them.
///
/// # Errors
/// In words, why not.
pub fn follows(before: &Header, after: &Header) -> Result<(), String> {
    if (before.business, before.affiliate) != (after.business, after.affiliate) {
        return Err("they are not of the same journal".to_owned());
    }
    if before.public_key != after.public_key {
        return Err("they are not signed with the same key".to_owned());
    }
    if before.to != after.from {
        return Err("the second does not begin when the first ends".to_owned());
    }
    if before.closing != after.opening {
        return Err(format!(
            "the first ends at entry {}, the second begins after entry {}, or their hashes or balances differ: entries lie between them",
            before.closing.count, after.opening.count
        ));
    }
    Ok(())
}

/// Whether an affiliate's statement holds every entry of the affiliate that the business's own statement
/// has for its stretch of the journal, and no other.
///
/// # Errors
/// In words, why not.
pub fn within(part: &Proven, whole: &Proven) -> Result<(), String> {
    let Some(affiliate) = part.header.affiliate else {
        return Err("only an affiliate's statement is held against a business's".to_owned());
    };
    if whole.header.affiliate.is_some() || whole.header.business != part.header.business {
        return Err("the second is not the statement of the whole business".to_owned());
    }
    let (after, last) = (part.header.opening.seq, part.header.closing.seq);
    if whole.header.opening.seq > after || whole.header.closing.seq < last {
        return Err("the business's statement does not cover the whole period".to_owned());
    }
    let mut own = part.entries.iter();
    let all = whole
        .entries
        .iter()
        .filter(|e| e.affiliate == affiliate && e.seq > after && e.seq <= last);
    for expected in all {
        match own.next() {
            Some(entry) if entry == expected => {}
            _ => {
                return Err(format!(
                    "entry {} of the affiliate is left out",
                    expected.seq
                ));
            }
        }
    }
    match own.next() {
        None => Ok(()),
        Some(entry) => Err(format!(
            "entry {} is not in the business's journal",
            entry.seq
        )),
    }
}
