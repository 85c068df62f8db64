//! The parts of a rule that are figures, in the JSON shape of the public API.

use serde::{Deserialize, Serialize};

use crate::money::Currency;

/// A fixed sum, once an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fixed {
    /// Minor units.
    pub amount: i64,
    /// The sum's own currency, whatever the sale's.
    pub currency: Currency,
}

/// How much a rule pays: `{"percent_ppm": 200000}`, `{"fixed": {…}}` or `{"tiers": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reward {
    /// Parts per million of the base.
    PercentPpm(i64),
    /// A fixed sum.
    Fixed(Fixed),
    /// By what the affiliate has brought before.
    Tiers(Tiers),
}

/// A reward that grows with what the affiliate has brought under the same rule and currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// What is counted.
    pub metric: TierMetric,
    /// Since when.
    pub period: TierPeriod,
    /// How the bands apply.
    pub mode: TierMode,
    /// Half-open bands: each reaches from its `from` up to, not including, the next one's.
    pub bands: Vec<Band>,
}

/// What decides about the band.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMetric {
    /// The number of earlier events.
    Conversions,
    /// The sum of the earlier events' bases, in minor units.
    Revenue,
}

/// Which earlier events count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierPeriod {
    /// Those of the same calendar month in the business's zone.
    Month,
    /// All.
    Lifetime,
}

/// How bands apply to an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TierMode {
    /// The whole event at the band reached before it.
    Volume,
    /// Each part of the base at its own band's rate; revenue and percent only.
    Graduated,
}

/// What a band pays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BandReward {
    /// Parts per million of the base.
    PercentPpm(i64),
    /// A fixed sum.
    Fixed(Fixed),
}

/// One band: `{"from": 0, "percent_ppm": 100000}` or `{"from": 0, "fixed": {…}}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BandJson", into = "BandJson")]
pub struct Band {
    /// Where it begins: a count, or minor units of the sale's currency.
    pub from: i64,
    /// What it pays.
    pub reward: BandReward,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct BandJson {
    from: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    percent_ppm: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fixed: Option<Fixed>,
}

impl TryFrom<BandJson> for Band {
    type Error = &'static str;
    fn try_from(json: BandJson) -> Result<Self, Self::Error> {
        let reward = match (json.percent_ppm, json.fixed) {
            (Some(ppm), None) => BandReward::PercentPpm(ppm),
            (None, Some(fixed)) => BandReward::Fixed(fixed),
            _ => return Err("a band has either percent_ppm or fixed"),
        };
        Ok(Self {
            from: json.from,
            reward,
        })
    }
}

impl From<Band> for BandJson {
    fn from(band: Band) -> Self {
        let (percent_ppm, fixed) = match band.reward {
            BandReward::PercentPpm(ppm) => (Some(ppm), None),
            BandReward::Fixed(fixed) => (None, Some(fixed)),
        };
        Self {
            from: band.from,
            percent_ppm,
            fixed,
        }
    }
}

/// For which of a customer's sales a rule pays: `{"every": true}`, `{"first": 3}`, `{"months": 12}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "RecurrenceJson", into = "RecurrenceJson")]
pub enum Recurrence {
    /// Every one.
    #[default]
    Every,
    /// The first so many.
    First(i64),
    /// Those within so many calendar months of the customer's first sale.
    Months(i64),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecurrenceJson {
    Every(bool),
    First(i64),
    Months(i64),
}

impl TryFrom<RecurrenceJson> for Recurrence {
    type Error = &'static str;
    fn try_from(json: RecurrenceJson) -> Result<Self, Self::Error> {
        match json {
            RecurrenceJson::Every(true) => Ok(Self::Every),
            RecurrenceJson::Every(false) => Err("every can only be true; use first or months"),
            RecurrenceJson::First(count) => Ok(Self::First(count)),
            RecurrenceJson::Months(count) => Ok(Self::Months(count)),
        }
    }
}

impl From<Recurrence> for RecurrenceJson {
    fn from(recurrence: Recurrence) -> Self {
        match recurrence {
            Recurrence::Every => Self::Every(true),
            Recurrence::First(count) => Self::First(count),
            Recurrence::Months(count) => Self::Months(count),
        }
    }
}

/// The most a rule pays, in minor units of the reward's currency. What exceeds is cut from the
/// reward itself (level 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// For one event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_event: Option<i64>,
    /// For all events of one customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_customer: Option<i64>,
    /// For one affiliate in one calendar month of the business's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_affiliate_month: Option<i64>,
}

/// What one affiliate above gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Parts per million.
    pub ppm: i64,
    /// Of what.
    pub of: LevelOf,
}

/// What a level's percent is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelOf {
    /// The event's base.
    Base,
    /// The amount of the level below.
    Below,
}
