//! What makes a rule unusable.

use super::{
    BandReward, Condition, Field, Fixed, LevelOf, Op, Problem, Recurrence, Reward, Rule,
    TierMetric, TierMode, Tiers, Value,
};
use crate::money::PPM;
use crate::status::TriggerOn;

/// As many affiliates above earn at most.
const LEVELS_MAX: usize = 7;
/// More bands than anyone can explain to an affiliate.
const BANDS_MAX: usize = 20;
/// A year; money held longer is a dispute, not a hold.
const HOLD_DAYS_MAX: i64 = 365;
/// Sums beyond this are typing mistakes (ten trillion of a currency with two decimals).
const SUM_MAX: i64 = 1_000_000_000_000_000;
/// The same for one click, so that a day of many stays within all ranges.
const CLICK_MAX: i64 = 1_000_000_000;
/// A hundred years.
const MONTHS_MAX: i64 = 1_200;
/// Enough for any subscription.
const FIRST_MAX: i64 = 10_000;
/// Comparisons in one rule: each is evaluated for every event.
const COMPARISONS_MAX: usize = 50;
/// Groups in groups.
const DEPTH_MAX: usize = 4;
/// Bytes of a name or compared text.
const TEXT_MAX: usize = 200;

pub(super) fn problems(rule: &Rule) -> Vec<Problem> {
    let mut problems = Problems(Vec::new());
    let on_sale = rule.trigger.on == TriggerOn::Sale;
    if let Some(product) = &rule.scope.product_id {
        problems.name("scope.product_id", product);
        problems.unless(on_sale, "scope.product_id", "only a sale has products");
    }
    if let Some(event) = &rule.trigger.event {
        problems.name("trigger.event", event);
        problems.unless(
            rule.trigger.on != TriggerOn::Click,
            "trigger.event",
            "a click has no event name",
        );
    }
    if let Some(conditions) = &rule.conditions {
        problems.conditions(conditions);
    }
    match &rule.reward {
        Reward::PercentPpm(ppm) => {
            problems.unless(
                (1..=PPM).contains(ppm),
                "reward.percent_ppm",
                "between 1 and 1000000 (100 %)",
            );
            problems.unless(
                on_sale,
                "reward.percent_ppm",
                "only a sale has an amount to take a percentage of",
            );
        }
        Reward::Fixed(fixed) => problems.fixed("reward.fixed.amount", fixed, 1),
        Reward::Tiers(tiers) => problems.tiers(tiers, on_sale),
    }
    match rule.recurrence {
        Recurrence::Every => {}
        Recurrence::First(count) => problems.unless(
            (1..=FIRST_MAX).contains(&count),
            "recurrence.first",
            "between 1 and 10000",
        ),
        Recurrence::Months(count) => problems.unless(
            (1..=MONTHS_MAX).contains(&count),
            "recurrence.months",
            "between 1 and 1200",
        ),
    }
    for (field, cap) in [
        ("caps.per_event", rule.caps.per_event),
        ("caps.per_customer", rule.caps.per_customer),
        ("caps.per_affiliate_month", rule.caps.per_affiliate_month),
    ] {
        problems.unless(
            cap.is_none_or(|cap| (1..=SUM_MAX).contains(&cap)),
            field,
            "above zero, in minor units",
        );
    }
    if rule.trigger.on == TriggerOn::Click {
        problems.click(rule);
    }
    problems.unless(rule.levels.len() <= LEVELS_MAX, "levels", "at most 7");
    for (index, level) in rule.levels.iter().enumerate() {
        problems.unless(
            (0..=PPM).contains(&level.ppm),
            &format!("levels[{index}].ppm"),
            "between 0 and 1000000 (100 %)",
        );
        let has_base = on_sale || level.of == LevelOf::Below;
        problems.unless(
            has_base,
            &format!("levels[{index}].of"),
            "only a sale has a base; use below",
        );
    }
    problems.unless(
        (0..=HOLD_DAYS_MAX).contains(&rule.hold_days),
        "hold_days",
        "between 0 and 365",
    );
    problems.0
}

struct Problems(Vec<Problem>);

impl Problems {
    fn unless(&mut self, fine: bool, field: &str, message: &str) {
        if !fine {
            self.0.push((field.to_owned(), message.to_owned()));
        }
    }

    /// A click has no amount, no customer and nothing bought: only the affiliate is known.
    fn click(&mut self, rule: &Rule) {
        if let Reward::Fixed(fixed) = &rule.reward {
            self.unless(
                fixed.amount <= CLICK_MAX,
                "reward.fixed.amount",
                "at most 1000000000 for a click, in minor units",
            );
        }
        // A percentage is refused by its own field already.
        self.unless(
            !matches!(rule.reward, Reward::Tiers(_)),
            "reward",
            "clicks are paid a fixed sum each",
        );
        self.unless(
            rule.recurrence == Recurrence::Every,
            "recurrence",
            "every click of a new visitor is paid; there is no customer to count by",
        );
        for (field, cap) in [
            ("caps.per_event", rule.caps.per_event),
            ("caps.per_customer", rule.caps.per_customer),
        ] {
            self.unless(
                cap.is_none(),
                field,
                "clicks are only capped by affiliate and month",
            );
        }
        if let Some(conditions) = &rule.conditions {
            self.of_affiliate("conditions", conditions);
        }
    }

    /// Comparisons that look at the affiliate only.
    fn of_affiliate(&mut self, path: &str, condition: &Condition) {
        match condition {
            Condition::All(list) | Condition::Any(list) => {
                let word = if matches!(condition, Condition::All(_)) {
                    "all"
                } else {
                    "any"
                };
                for (index, inner) in list.iter().enumerate() {
                    self.of_affiliate(&format!("{path}.{word}[{index}]"), inner);
                }
            }
            Condition::Test { field, .. } => self.unless(
                matches!(
                    field,
                    Field::AffiliateCountry
                        | Field::AffiliateTag
                        | Field::AffiliateConversions
                        | Field::AffiliateRevenue
                ),
                &format!("{path}.field"),
                "of a click only the affiliate is known: country, tags, conversions, revenue",
            ),
        }
    }

    fn name(&mut self, field: &str, text: &str) {
        let fine = !text.trim().is_empty()
            && text.len() <= TEXT_MAX
            && !text.chars().any(char::is_control);
        self.unless(
            fine,
            field,
            "1 to 200 characters, without control characters",
        );
    }

    fn fixed(&mut self, field: &str, fixed: &Fixed, least: i64) {
        self.unless(
            (least..=SUM_MAX).contains(&fixed.amount),
            field,
            "above zero, in minor units",
        );
    }

    fn tiers(&mut self, tiers: &Tiers, on_sale: bool) {
        let bands = &tiers.bands;
        self.unless(
            (1..=BANDS_MAX).contains(&bands.len()),
            "reward.tiers.bands",
            "between 1 and 20",
        );
        self.unless(
            on_sale || tiers.metric == TierMetric::Conversions,
            "reward.tiers.metric",
            "only sales have revenue",
        );
        if tiers.mode == TierMode::Graduated {
            self.unless(
                tiers.metric == TierMetric::Revenue,
                "reward.tiers.mode",
                "graduated needs the metric revenue",
            );
        }
        let mut previous: Option<i64> = None;
        let mut currency = None;
        for (index, band) in bands.iter().enumerate() {
            let path = format!("reward.tiers.bands[{index}]");
            match previous {
                None => self.unless(
                    band.from == 0,
                    &format!("{path}.from"),
                    "the first band begins at 0",
                ),
                Some(previous) => self.unless(
                    band.from > previous,
                    &format!("{path}.from"),
                    "greater than the band before",
                ),
            }
            previous = Some(band.from);
            match band.reward {
                BandReward::PercentPpm(ppm) => {
                    self.unless(
                        (0..=PPM).contains(&ppm),
                        &format!("{path}.percent_ppm"),
                        "between 0 and 1000000 (100 %)",
                    );
                    self.unless(
                        on_sale,
                        &format!("{path}.percent_ppm"),
                        "only a sale has an amount to take a percentage of",
                    );
                }
                BandReward::Fixed(fixed) => {
                    self.fixed(&format!("{path}.fixed.amount"), &fixed, 0);
                    let volume = tiers.mode == TierMode::Volume;
                    self.unless(
                        volume,
                        &format!("{path}.fixed"),
                        "graduated bands are percentages",
                    );
                    let same = *currency.get_or_insert(fixed.currency) == fixed.currency;
                    self.unless(
                        same,
                        &format!("{path}.fixed.currency"),
                        "one currency for all bands",
                    );
                }
            }
        }
        let fixed = bands
            .iter()
            .filter(|band| matches!(band.reward, BandReward::Fixed(_)))
            .count();
        self.unless(
            fixed == 0 || fixed == bands.len(),
            "reward.tiers.bands",
            "all percentages or all fixed sums",
        );
    }

    fn conditions(&mut self, conditions: &Condition) {
        let (comparisons, depth) = size(conditions);
        self.unless(
            comparisons <= COMPARISONS_MAX,
            "conditions",
            "at most 50 comparisons",
        );
        self.unless(
            depth <= DEPTH_MAX,
            "conditions",
            "at most 4 groups in each other",
        );
        if depth <= DEPTH_MAX {
            self.comparison("conditions", conditions);
        }
    }

    fn comparison(&mut self, path: &str, condition: &Condition) {
        match condition {
            Condition::All(list) | Condition::Any(list) => {
                let word = if matches!(condition, Condition::All(_)) {
                    "all"
                } else {
                    "any"
                };
                self.unless(
                    !list.is_empty(),
                    &format!("{path}.{word}"),
                    "at least one condition",
                );
                for (index, inner) in list.iter().enumerate() {
                    self.comparison(&format!("{path}.{word}[{index}]"), inner);
                }
            }
            Condition::Test { op, value, .. } => {
                let path = format!("{path}.value");
                match (op, value) {
                    (Op::In | Op::NotIn, Value::List(list)) => {
                        let plain = list
                            .iter()
                            .all(|value| !matches!(value, Value::List(_)) && is_short(value));
                        self.unless(
                            plain && (1..=COMPARISONS_MAX).contains(&list.len()),
                            &path,
                            "a list of 1 to 50 values",
                        );
                    }
                    (Op::In | Op::NotIn, _) => self.unless(false, &path, "a list of values"),
                    (_, Value::List(_)) => {
                        self.unless(false, &path, "one value; lists are for in and not_in")
                    }
                    (Op::Gt | Op::Gte | Op::Lt | Op::Lte, value) => {
                        let number = match value {
                            Value::Number(_) => true,
                            Value::Text(text) => super::evaluate::number(text).is_some(),
                            Value::Flag(_) | Value::List(_) => false,
                        };
                        self.unless(number, &path, "a number");
                    }
                    (_, value) => self.unless(is_short(value), &path, "1 to 200 characters"),
                }
            }
        }
    }
}

fn is_short(value: &Value) -> bool {
    !matches!(value, Value::Text(text) if text.is_empty() || text.len() > TEXT_MAX)
}

/// The number of comparisons, and how deep groups are nested.
fn size(condition: &Condition) -> (usize, usize) {
    match condition {
        Condition::All(list) | Condition::Any(list) => {
            let (comparisons, depth) = list
                .iter()
                .map(size)
                .fold((0, 0), |(sum, deepest), (n, depth)| {
                    (sum + n, deepest.max(depth))
                });
            (comparisons, depth + 1)
        }
        Condition::Test { .. } => (1, 0),
    }
}
