//! Signed statements: a file with the journal entries of a period, of one affiliate or of the whole
//! business, that proves without this installation that it is complete and unaltered.
//!
//! [`write`] makes it; [`file`] is its form and the check. docs/adr/0020 says what is proven and what not.

pub mod file;

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use domain::id::AffiliateId;
use domain::ledger::GENESIS;
use domain::money::Currency;
use domain::status::{Account, Scope};
use domain::time::UnixMs;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use store::programme::affiliate;
use store::programme::ledger as rows;

use self::file::{Balance, Entry, FORMAT, Header, Mark, own_hash};
use super::ledger;
use crate::app::App;
use crate::error::{Result, ServiceError, invalid, not_found};
use crate::identity::{business, seal};
use crate::work::Work;

/// Entries one file holds; it is written in memory, some 40 MB at this size.
const ENTRIES_MAX: usize = 50_000;
/// Journal entries read at a time.
const AT_ONCE: i64 = 2_000;
/// What the key of a business is derived for.
const KEY_PURPOSE: &str = "statement signing key";

/// The key with which a business signs: derived from the installation's secret, so that it is the same
/// for as long as that is.
fn key_pair(app: &App, business: domain::id::BusinessId) -> Result<Ed25519KeyPair> {
    let seed = HEXLOWER
        .decode(seal::fingerprint(app, KEY_PURPOSE, &business.to_string()).as_bytes())
        .map_err(|error| ServiceError::Internal(error.to_string()))?;
    Ed25519KeyPair::from_seed_unchecked(&seed)
        .map_err(|error| ServiceError::Internal(error.to_string()))
}

/// The public key of this business's statements: 64 hexadecimal digits.
///
/// # Errors
/// When the installation's secret cannot be used.
pub fn public_key(work: &Work) -> Result<String> {
    let pair = key_pair(&work.app, work.business())?;
    Ok(HEXLOWER.encode(pair.public_key().as_ref()))
}

/// The signed statement from an instant on and before another: of one affiliate, or of the business.
/// An affiliate gets its own.
///
/// # Errors
/// Forbidden; not found for an unknown affiliate; invalid when the period has too many entries.
pub async fn write(
    work: &mut Work,
    affiliate: Option<AffiliateId>,
    (from, to): (UnixMs, UnixMs),
) -> Result<Vec<u8>> {
    let own = work.actor.affiliate().ok();
    if own.is_none() || own != affiliate {
        work.require(Scope::Read)?;
    }
    ledger::flush(work).await?;
    let name = business::get(work).await?.name;
    let affiliate_name = match affiliate {
        None => None,
        Some(id) => Some(
            affiliate::find(&mut work.tx, id)
                .await?
                .ok_or(not_found("affiliate"))?
                .name,
        ),
    };
    let after = rows::last_before(&mut work.tx, from).await?;
    let last = rows::last_before(&mut work.tx, to).await?.max(after);
    let opening = mark(work, affiliate, after).await?;
    let mut closing = Mark {
        seq: last,
        balances: balances(work, affiliate, last).await?,
        ..opening.clone()
    };
    let mut entries = Vec::new();
    let mut behind = after;
    loop {
        let found = rows::entries_between(&mut work.tx, (behind, last), affiliate, AT_ONCE).await?;
        let Some(end) = found.last() else {
            break;
        };
        behind = end.seq;
        for found in ledger::with_postings(work, found).await? {
            closing.count += 1;
            match affiliate {
                None => closing.hash = HEXLOWER.encode(&found.entry.hash),
                Some(_) => closing.hash = own_hash(&closing.hash, &found.entry.hash),
            }
            entries.push(Entry::from(found));
        }
        if entries.len() > ENTRIES_MAX {
            return Err(invalid(
                "from",
                "the period has more than 50,000 entries; take a shorter one",
            ));
        }
    }
    let pair = key_pair(&work.app, work.business())?;
    let header = Header {
        format: FORMAT.to_owned(),
        business: work.business(),
        business_name: name,
        affiliate,
        affiliate_name,
        from,
        to,
        made_at: work.now,
        public_key: HEXLOWER.encode(pair.public_key().as_ref()),
        opening,
        closing,
    };
    let mut text = file::line(&header)?;
    for entry in &entries {
        text.push_str(&file::line(entry)?);
    }
    let signature = HEXLOWER.encode(pair.sign(text.as_bytes()).as_ref());
    text.push_str(&file::line(&file::Signature { signature })?);
    Ok(text.into_bytes())
}

/// Where the journal, or the affiliate's part of it, stood after the entry `seq`.
async fn mark(work: &mut Work, affiliate: Option<AffiliateId>, seq: i64) -> Result<Mark> {
    let (count, hash) = match affiliate {
        None => {
            let entry = rows::entry(&mut work.tx, seq).await?;
            let hash = entry.map_or(GENESIS, |entry| entry.hash);
            (seq, HEXLOWER.encode(&hash))
        }
        Some(_) => {
            let (mut count, mut hash, mut behind) = (0, HEXLOWER.encode(&GENESIS), 0);
            loop {
                let found =
                    rows::entries_between(&mut work.tx, (behind, seq), affiliate, AT_ONCE).await?;
                let Some(end) = found.last() else {
                    break (count, hash);
                };
                behind = end.seq;
                for entry in &found {
                    count += 1;
                    hash = own_hash(&hash, &entry.hash);
                }
            }
        }
    };
    Ok(Mark {
        seq,
        count,
        hash,
        balances: balances(work, affiliate, seq).await?,
    })
}

async fn balances(
    work: &mut Work,
    affiliate: Option<AffiliateId>,
    seq: i64,
) -> Result<Vec<Balance>> {
    let mut by_account: BTreeMap<(Currency, Account), i64> = BTreeMap::new();
    for sum in rows::sums_until(&mut work.tx, seq, affiliate).await? {
        by_account.insert((sum.currency, sum.account), sum.amount);
    }
    Ok(by_account
        .into_iter()
        .filter(|(_, amount)| *amount != 0)
        .map(|((currency, account), amount)| Balance {
            currency,
            account,
            amount,
        })
        .collect())
}
