//! Identifiers: one type an entity, in one alphabetical registry.
//!
//! In the database an id is a UUIDv7; in public text it is a TypeID: a prefix, `_`, and the 128
//! bits in Crockford base32 (26 lower-case characters, the specification's alphabet). The business
//! is the exception: a positive time-ordered i64, `biz_` and 13 characters.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The text is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {expected}_ id")]
pub struct InvalidId {
    /// The prefix that was expected, without the underscore.
    pub expected: &'static str,
}

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The text of an id: filled from the end, five bits a character. Made for every click, so it is
/// put together on the stack.
struct Encoded {
    text: [u8; 26],
    length: usize,
}

impl Encoded {
    fn as_str(&self) -> &str {
        // The alphabet is ASCII.
        std::str::from_utf8(&self.text[..self.length]).unwrap_or_default()
    }
}

/// The last `length` characters of the value, 26 at the most.
fn encode(value: u128, length: usize) -> Encoded {
    let mut text = [0; 26];
    let mut rest = value;
    for place in text[..length].iter_mut().rev() {
        *place = ALPHABET[(rest & 31) as usize];
        rest >>= 5;
    }
    Encoded { text, length }
}

fn decode(text: &str, length: usize, bits: u32) -> Option<u128> {
    if text.len() != length {
        return None;
    }
    let mut value: u128 = 0;
    for byte in text.bytes() {
        let digit = ALPHABET.iter().position(|&a| a == byte)? as u128;
        if value >> (bits - 5) != 0 {
            return None; // would overflow the type
        }
        value = value << 5 | digit;
    }
    Some(value)
}

/// A business (tenant). Time-ordered and positive, so that it sorts by age and fits a bigint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BusinessId(i64);

impl BusinessId {
    /// The prefix of the public text.
    pub const PREFIX: &'static str = "biz";

    /// Wraps a stored value.
    #[must_use]
    pub const fn from_i64(value: i64) -> Self {
        Self(value)
    }

    /// 41 bits of milliseconds since 1970 and 22 random bits.
    #[must_use]
    pub const fn new(now_ms: i64, random: u32) -> Self {
        Self((now_ms & ((1 << 41) - 1)) << 22 | (random as i64 & ((1 << 22) - 1)))
    }

    /// The stored value.
    #[must_use]
    pub const fn as_i64(self) -> i64 {
        self.0
    }

    /// The 13 characters behind the prefix; part of API keys, so that a key names its tenant.
    #[must_use]
    pub fn code(self) -> String {
        encode(self.0 as u128, 13).as_str().to_owned()
    }

    /// Reads what [`Self::code`] wrote.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        decode(code, 13, 64)
            .and_then(|v| i64::try_from(v).ok())
            .map(Self)
    }
}

impl fmt::Display for BusinessId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", Self::PREFIX, self.code())
    }
}

impl FromStr for BusinessId {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.strip_prefix("biz_")
            .and_then(Self::from_code)
            .ok_or(InvalidId {
                expected: Self::PREFIX,
            })
    }
}

impl serde::Serialize for BusinessId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for BusinessId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What every UUID-based id can do.
pub trait EntityId:
    Copy + fmt::Display + FromStr<Err = InvalidId> + From<Uuid> + Into<Uuid>
{
    /// The prefix of the public text, without the underscore.
    const PREFIX: &'static str;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal,)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl EntityId for $name {
            const PREFIX: &'static str = $prefix;
        }
        impl $name {
            /// The stored value.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }
        impl From<Uuid> for $name {
            fn from(value: Uuid) -> Self {
                Self(value)
            }
        }
        impl From<$name> for Uuid {
            fn from(value: $name) -> Self {
                value.0
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!($prefix, "_"))?;
                f.write_str(encode(self.0.as_u128(), 26).as_str())
            }
        }
        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(|code| decode(code, 26, 128))
                    .map(|value| Self(Uuid::from_u128(value)))
                    .ok_or(InvalidId { expected: $prefix })
            }
        }
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )*

        /// Calls `$callback!` with every UUID-based id type, for code that implements a trait for all of them.
        #[macro_export]
        macro_rules! for_each_id {
            ($callback:ident) => { $callback! { $($name),* } };
        }
    };
}

ids! {
    /// A portal account: one person's access to one business's portal.
    AccountId = "acc",
    /// A manual change of a commission's amount.
    AdjustmentId = "adj",
    /// An affiliate.
    AffiliateId = "aff",
    /// An affiliate group.
    GroupId = "grp",
    /// An API key.
    ApiKeyId = "key",
    /// An application to become an affiliate.
    ApplicationId = "app",
    /// A promotional asset.
    AssetId = "ast",
    /// An audit entry.
    AuditId = "aud",
    /// A decision on many referrals or commissions at once.
    BulkActId = "blk",
    /// What a payout provider told us by itself.
    CallbackId = "cbk",
    /// A campaign.
    CampaignId = "cmp",
    /// A recorded check on a referral (fraud, KYC, deposit confirmation).
    CheckId = "chk",
    /// A click, counted or not.
    ClickId = "clk",
    /// A commission line.
    CommissionId = "com",
    /// A contact; a customer is one with an external id.
    ContactId = "con",
    /// A coupon code.
    CouponId = "cpn",
    /// A conversion event.
    EventId = "evt",
    /// An invitation to the portal.
    InvitationId = "inv",
    /// A queued job.
    JobId = "job",
    /// A journal entry.
    JournalId = "jrn",
    /// A tracked link.
    LinkId = "lnk",
    /// A code by mail, to log in or to set a password.
    LoginCodeId = "cod",
    /// A message in the outbox.
    MailId = "mai",
    /// A running process, as the others on its database know it.
    NodeId = "nod",
    /// What an account is told in the portal.
    NotificationId = "ntf",
    /// A partnership: an affiliate in a campaign.
    PartnershipId = "prt",
    /// A passkey of a portal person or a member of staff.
    PasskeyId = "psk",
    /// A payout.
    PayoutId = "pay",
    /// A payout that an affiliate asked for.
    PayoutRequestId = "prq",
    /// A file that tells how payments went.
    PayoutResultId = "pfr",
    /// A run that pays many affiliates together.
    PayoutRunId = "run",
    /// A payment file that was made of payouts.
    PayoutFileId = "pfl",
    /// Where an affiliate's money goes; each change is a new one.
    PayoutMethodId = "pym",
    /// A connection to a payout provider.
    ProviderId = "prv",
    /// A question of the application form.
    QuestionId = "qst",
    /// A referral.
    ReferralId = "ref",
    /// A commission rule, across its versions.
    RuleId = "rul",
    /// A log-in session.
    SessionId = "ses",
    /// A member of staff.
    StaffId = "stf",
    /// An invitation to work for a business.
    StaffInvitationId = "sti",
    /// One execution of a payout by a provider; also its idempotency key there.
    TransferId = "trf",
    /// A question to a provider about a transfer and what it answered.
    TransferStepId = "trs",
    /// A visitor: one browser, known by a first-party cookie.
    VisitorId = "vis",
}

/// A UUIDv7 from its two inputs: milliseconds since 1970 and 74 random bits (RFC 9562, 5.7).
#[must_use]
pub fn uuid_v7(now_ms: i64, random: [u8; 10]) -> Uuid {
    uuid::Builder::from_unix_timestamp_millis(now_ms.max(0) as u64, &random).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_ids_follow_the_specification() {
        // Vectors of the TypeID specification (valid.yml: "valid-uuidv7", "nil", "max").
        let id = AffiliateId::from(Uuid::from_u128(0x01890a5d_ac96_774b_bcce_b302099a8057));
        assert_eq!(id.to_string(), "aff_01h455vb4pex5vsknk084sn02q");
        assert_eq!("aff_01h455vb4pex5vsknk084sn02q".parse(), Ok(id));
        assert_eq!(
            AffiliateId::from(Uuid::nil()).to_string(),
            "aff_00000000000000000000000000"
        );
        assert_eq!(
            AffiliateId::from(Uuid::max()).to_string(),
            "aff_7zzzzzzzzzzzzzzzzzzzzzzzzz"
        );
    }

    #[test]
    fn wrong_texts_are_refused() {
        for text in [
            "",
            "aff_",
            "cmp_01h455vb4pex5vsknk084sn02q",
            "aff_8zzzzzzzzzzzzzzzzzzzzzzzzz",
            "aff_01H455VB4PEX5VSKNK084SN02Q",
            "aff_01h455vb4pex5vsknk084sn02",
            "aff_01h455vb4pex5vsknk084sn02u",
        ] {
            assert_eq!(
                text.parse::<AffiliateId>(),
                Err(InvalidId { expected: "aff" }),
                "{text}"
            );
        }
    }

    #[test]
    fn business_ids_sort_by_age() {
        let (old, young) = (BusinessId::new(1_000, u32::MAX), BusinessId::new(1_001, 0));
        assert!(old < young);
        assert_eq!(old.to_string().parse(), Ok(old));
        assert!("biz_zzzzzzzzzzzzz".parse::<BusinessId>().is_err());
    }

    #[test]
    fn uuids_carry_their_time() {
        let id = uuid_v7(1_700_000_000_000, [7; 10]);
        assert_eq!(id.get_version_num(), 7);
        assert!(id < uuid_v7(1_700_000_000_001, [0; 10]));
    }
}
