//! Trends: the figures of a range of days beside those of the period before, as cards, tabs and a chart,
//! put together by day, week or month.

use std::collections::BTreeMap;

use domain::money::Currency;
use domain::time::Day;
use service::Work;
use service::programme::stats::{self, Figures};
use service::store::programme::stats::{Filter, GroupBy, Key};

use crate::error::PageError;
use crate::language::{self, Language, phrase, t};
use crate::range::{DateRange, short_day};
use crate::shown::money::{count, display};
use crate::ui::{Delta, Kpi, LineChart, ListUrl, Markup, MetricTab, Point, RiseIs, sparkline};

/// More points than this are put together by week, if the URL does not say otherwise.
const DAYS_SINGLY_MAX: i64 = 120;

/// What a chart shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Metric {
    #[default]
    Clicks,
    Conversions,
    Revenue,
    Commission,
}

impl Metric {
    pub(crate) const ALL: [Self; 4] = [
        Self::Clicks,
        Self::Conversions,
        Self::Revenue,
        Self::Commission,
    ];

    /// The metric of a word in the URL.
    pub(crate) fn of(word: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|metric| metric.word() == word)
            .unwrap_or_default()
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Clicks => "clicks",
            Self::Conversions => "conversions",
            Self::Revenue => "revenue",
            Self::Commission => "commission",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Clicks => t("trend-clicks"),
            Self::Conversions => t("trend-conversions"),
            Self::Revenue => t("trend-revenue"),
            Self::Commission => t("trend-commission"),
        }
    }

    /// A rise of commission is neither good nor bad by itself.
    pub(crate) const fn rise(self) -> RiseIs {
        match self {
            Self::Commission => RiseIs::Neutral,
            _ => RiseIs::Good,
        }
    }

    /// Its value: a count, or minor units of the currency.
    pub(crate) fn of_figures(self, figures: &Figures, currency: Currency) -> i64 {
        let money = figures.money_in(currency);
        match self {
            Self::Clicks => figures.clicks,
            Self::Conversions => figures.conversions,
            Self::Revenue => money.revenue,
            Self::Commission => money
                .commission_pending
                .saturating_add(money.commission_approved)
                .saturating_add(money.commission_paid),
        }
    }

    pub(crate) fn text(self, value: i64, currency: Currency) -> String {
        match self {
            Self::Clicks | Self::Conversions => count(value),
            Self::Revenue | Self::Commission => display(value, currency),
        }
    }

    /// Short, for the axis: `$2k`, `1,500`.
    pub(crate) fn axis_text(self, value: i64, currency: Currency) -> String {
        match self {
            Self::Clicks | Self::Conversions => count(value),
            Self::Revenue | Self::Commission => short_money(value, currency),
        }
    }
}

/// `$2k`, `−$1.5M`, `$50`, and in full where it is not round; `2 Tsd. $`, `−1,5 Mio. $`.
fn short_money(value: i64, currency: Currency) -> String {
    match language::now() {
        Language::English => short_in_english(value, currency),
        Language::German => short_in_german(value, currency),
    }
}

fn short_in_german(value: i64, currency: Currency) -> String {
    let unit = 10_u64.pow(currency.decimals());
    let sign = if value < 0 { "\u{2212}" } else { "" };
    let symbol = match currency.symbol() {
        "" => currency.to_string(),
        symbol => symbol.to_owned(),
    };
    let amount = value.unsigned_abs();
    let (size, word) = match amount / unit {
        0..1_000 if !amount.is_multiple_of(unit) => return display(value, currency),
        0..1_000 => return format!("{sign}{}\u{a0}{symbol}", amount / unit),
        1_000..1_000_000 => (unit * 1_000, "Tsd."),
        _ => (unit.saturating_mul(1_000_000), "Mio."),
    };
    let tenths = amount / (size / 10);
    let rest = match tenths % 10 {
        0 => String::new(),
        tenth => format!(",{tenth}"),
    };
    format!("{sign}{}{rest}\u{a0}{word}\u{a0}{symbol}", tenths / 10)
}

fn short_in_english(value: i64, currency: Currency) -> String {
    let unit = 10_i64.pow(currency.decimals());
    let sign = if value < 0 { "\u{2212}" } else { "" };
    let symbol = match currency.symbol() {
        "" => format!("{currency}\u{a0}"),
        symbol => symbol.to_owned(),
    };
    let (size, letter) = match value.unsigned_abs() / unit.unsigned_abs() {
        0..1_000 => (unit, ""),
        1_000..1_000_000 => (unit * 1_000, "k"),
        _ => (unit.saturating_mul(1_000_000), "M"),
    };
    let tenths = value.unsigned_abs() / (size.unsigned_abs() / 10).max(1);
    if letter.is_empty() && value % unit != 0 {
        return display(value, currency);
    }
    match (letter.is_empty(), tenths % 10) {
        (true, _) => format!(
            "{sign}{symbol}{}",
            value.unsigned_abs() / unit.unsigned_abs()
        ),
        (false, 0) => format!("{sign}{symbol}{}{letter}", tenths / 10),
        (false, tenth) => format!("{sign}{symbol}{}.{tenth}{letter}", tenths / 10),
    }
}

/// How many days a point stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Per {
    Day,
    Week,
    Month,
}

impl Per {
    pub(crate) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    pub(crate) fn of(word: &str, range: &DateRange) -> Self {
        Self::ALL
            .into_iter()
            .find(|per| per.word() == word)
            .unwrap_or(Self::default_of(range))
    }

    pub(crate) const fn default_of(range: &DateRange) -> Self {
        if range.days() > DAYS_SINGLY_MAX {
            Self::Week
        } else {
            Self::Day
        }
    }

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The key of a chart's title.
    const fn title_key(self) -> &'static str {
        match self {
            Self::Day => "trend-per-day",
            Self::Week => "trend-per-week",
            Self::Month => "trend-per-month",
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Day => t("trend-day"),
            Self::Week => t("trend-week"),
            Self::Month => t("trend-month"),
        }
    }
}

/// How a range is cut into points. The period before is cut at the same places, so that points
/// stand above each other.
pub(crate) struct Series {
    per: Per,
    /// Days of each point.
    lengths: Vec<i64>,
}

impl Series {
    pub(crate) fn new(range: &DateRange, per: Per) -> Self {
        let mut lengths = Vec::new();
        let mut day = range.from;
        while day <= range.to {
            let whole = match per {
                Per::Day => 1,
                Per::Week => 7,
                Per::Month => {
                    i64::from(day.date().days_in_month()) - i64::from(day.date().day()) + 1
                }
            };
            let length = whole.min(range.to.0 - day.0 + 1);
            lengths.push(length);
            day = day.plus(length);
        }
        Self { per, lengths }
    }

    pub(crate) const fn per(&self) -> Per {
        self.per
    }

    /// The points of the period that begins on a day.
    pub(crate) fn points(
        &self,
        days: &BTreeMap<Key, Figures>,
        from: Day,
        metric: Metric,
        currency: Currency,
    ) -> Vec<Point> {
        self.cut(from, |first, last| {
            days.range(Key::Day(first)..=Key::Day(last))
                .map(|(_, figures)| metric.of_figures(figures, currency))
                .sum()
        })
    }

    /// The points of the period that begins on a day; `value` is that of the days from the first to the
    /// last, both included.
    pub(crate) fn cut(&self, from: Day, value: impl Fn(Day, Day) -> i64) -> Vec<Point> {
        let mut first = from;
        self.lengths
            .iter()
            .map(|&length| {
                let last = first.plus(length - 1);
                let point = Point {
                    label: short_day(first),
                    value: value(first, last),
                };
                first = last.plus(1);
                point
            })
            .collect()
    }
}

/// The figures of a range and of the period before it.
pub(crate) struct Trend {
    pub range: DateRange,
    pub now: Figures,
    pub before: Figures,
    days: BTreeMap<Key, Figures>,
    days_before: BTreeMap<Key, Figures>,
    series: Series,
}

impl Trend {
    /// Reads what the actor may see.
    pub(crate) async fn load(
        work: &mut Work,
        range: DateRange,
        per: Per,
    ) -> Result<Self, PageError> {
        let of = |from, to| Filter {
            from: Some(from),
            to: Some(to),
            ..Filter::default()
        };
        let now = of(range.from, range.to);
        let (from, to) = range.before();
        let before = of(from, to);
        Ok(Self {
            now: stats::total(work, &now).await?,
            before: stats::total(work, &before).await?,
            days: stats::by(work, GroupBy::Day, &now).await?,
            days_before: stats::by(work, GroupBy::Day, &before).await?,
            series: Series::new(&range, per),
            range,
        })
    }

    pub(crate) const fn per(&self) -> Per {
        self.series.per()
    }

    fn points(&self, metric: Metric, currency: Currency) -> Vec<Point> {
        self.series
            .points(&self.days, self.range.from, metric, currency)
    }

    fn delta(&self, metric: Metric, currency: Currency) -> Option<Delta> {
        Delta::between(
            metric.of_figures(&self.now, currency),
            metric.of_figures(&self.before, currency),
            metric.rise(),
        )
    }

    /// The metric as a card with its line.
    pub(crate) fn card(&self, metric: Metric, currency: Currency, href: &str) -> Kpi {
        let values: Vec<i64> = self
            .points(metric, currency)
            .iter()
            .map(|point| point.value)
            .collect();
        Kpi {
            label: metric.label().to_owned(),
            value: metric.text(metric.of_figures(&self.now, currency), currency),
            delta: self.delta(metric, currency),
            sub: phrase("trend-vs")
                .with("before", self.range.before_words())
                .into(),
            href: href.to_owned(),
            spark: sparkline(&values),
        }
    }

    /// A tab a metric over the chart, in the parameter `metric` of `url`; `usual` needs no saying.
    pub(crate) fn tabs(
        &self,
        url: &ListUrl,
        chosen: Metric,
        usual: Metric,
        currency: Currency,
    ) -> Vec<MetricTab> {
        Metric::ALL
            .iter()
            .map(|&metric| MetricTab {
                label: metric.label().to_owned(),
                value: metric.text(metric.of_figures(&self.now, currency), currency),
                delta: self.delta(metric, currency),
                href: url
                    .with("metric", if metric == usual { "" } else { metric.word() })
                    .to_string(),
                current: metric == chosen,
            })
            .collect()
    }

    /// The chart of a metric, with the period before.
    pub(crate) fn chart(&self, metric: Metric, currency: Currency) -> Markup {
        let points = self.points(metric, currency);
        let previous =
            self.series
                .points(&self.days_before, self.range.before().0, metric, currency);
        let value_text = |value: i64| metric.text(value, currency);
        let total = value_text(metric.of_figures(&self.now, currency));
        let before = self.range.before_words();
        let mut description = match self.delta(metric, currency) {
            None => phrase("trend-total").with("total", total),
            Some(delta) if delta.is_new => phrase("trend-total-new")
                .with("total", total)
                .with("before", before),
            Some(delta) if delta.icon.is_empty() => phrase("trend-total-same")
                .with("total", total)
                .with("before", before),
            Some(delta) => phrase("trend-total-changed")
                .with("total", total)
                .with("word", delta.word)
                .with("change", delta.text)
                .with("before", before),
        }
        .to_string();
        let peak = points.iter().max_by_key(|point| point.value);
        if let Some(peak) = peak.filter(|peak| peak.value > 0) {
            let peak = phrase("trend-peak")
                .with("value", value_text(peak.value))
                .with("day", &peak.label);
            description.push(' ');
            description.push_str(&peak);
        }
        LineChart {
            id: "trend",
            metric: metric.label(),
            title: &phrase(self.per().title_key())
                .with("metric", metric.label())
                .with("range", self.range.label()),
            description: &description,
            points: &points,
            previous: &previous,
            value_text: &value_text,
            axis_text: &|value| metric.axis_text(value, currency),
        }
        .draw()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::ListUrl;

    fn range(query: &str) -> DateRange {
        DateRange::of(
            &ListUrl::from_query("/admin", query),
            Day::parse("2026-11-21").unwrap(),
        )
    }

    #[test]
    fn ranges_are_cut() {
        let range = range("from=2026-10-20&to=2026-11-21");
        assert_eq!(Series::new(&range, Per::Day).lengths.len(), 33);
        assert_eq!(Series::new(&range, Per::Week).lengths, [7, 7, 7, 7, 5]);
        assert_eq!(Series::new(&range, Per::Month).lengths, [12, 21]);
    }

    #[test]
    fn days_without_anything_are_zero() {
        let range = range("from=2026-11-01&to=2026-11-03");
        let usd: Currency = "USD".parse().unwrap();
        let days = BTreeMap::from([(
            Key::Day(Day::parse("2026-11-02").unwrap()),
            Figures {
                clicks: 7,
                ..Figures::default()
            },
        )]);
        let points = Series::new(&range, Per::Day).points(&days, range.from, Metric::Clicks, usd);
        assert_eq!(
            points.iter().map(|point| point.value).collect::<Vec<_>>(),
            [0, 7, 0]
        );
        assert_eq!(points[2].label, "3 Nov");
    }

    #[test]
    fn axes_are_short() {
        let (usd, jpy): (Currency, Currency) = ("USD".parse().unwrap(), "JPY".parse().unwrap());
        assert_eq!(short_money(200_000, usd), "$2k");
        assert_eq!(short_money(-250_000, usd), "\u{2212}$2.5k");
        assert_eq!(short_money(150_000_000, usd), "$1.5M");
        assert_eq!(short_money(5_000, usd), "$50");
        assert_eq!(short_money(50, usd), "$0.50");
        assert_eq!(short_money(2_000, jpy), "¥2k");
        assert_eq!(short_money(0, usd), "$0");
    }
}
