//! Words and figures as the pages of affiliates show them.

use domain::money::{Currency, display, group_thousands};
use domain::status::{AffiliateStatus, DealType};
use service::programme::affiliate::{Figures, Money};

use crate::ui::{Tone, status_label as words};

/// The word for a status.
pub(in crate::admin) fn status_label(status: AffiliateStatus) -> String {
    words(status.as_str())
}

/// The colour of a status: for an affiliate approved is as good as it gets.
pub(in crate::admin) const fn status_tone(status: AffiliateStatus) -> Tone {
    match status {
        AffiliateStatus::Pending => Tone::Warning,
        AffiliateStatus::Approved => Tone::Success,
        AffiliateStatus::Suspended => Tone::Error,
        AffiliateStatus::Terminated => Tone::Neutral,
    }
}

/// A status as a choice of a select.
pub(super) fn status_pairs() -> impl Iterator<Item = (String, String)> {
    AffiliateStatus::ALL
        .iter()
        .map(|&status| (status.as_str().to_owned(), status_label(status)))
}

/// The word for a deal type.
pub(super) const fn deal_type_label(deal: DealType) -> &'static str {
    match deal {
        DealType::Cpl => "CPL (a lead)",
        DealType::Cpa => "CPA (a sale)",
        DealType::RevenueShare => "Revenue share",
        DealType::Hybrid => "Hybrid",
    }
}

/// A count with separators: "8,412".
pub(super) fn count(number: i64) -> String {
    group_thousands(&number.to_string())
}

/// Conversions in a hundred clicks: "3.58%", or a dash without clicks.
pub(super) fn rate(conversions: i64, clicks: i64) -> String {
    if clicks <= 0 {
        return "–".to_owned();
    }
    // Hundredths of a per cent, half up.
    let hundredths =
        (i128::from(conversions) * 10_000 + i128::from(clicks) / 2) / i128::from(clicks);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

/// The amounts of all currencies, the business's first; zero of that one when there is none.
pub(super) fn amounts(
    figures: &Figures,
    currency: Currency,
    pick: impl Fn(&Money) -> i64,
) -> Vec<String> {
    let mut money: Vec<&Money> = figures
        .money
        .iter()
        .filter(|money| pick(money) != 0)
        .collect();
    money.sort_by_key(|money| (money.currency != currency, money.currency));
    if money.is_empty() {
        return vec![display(0, currency)];
    }
    money
        .into_iter()
        .map(|money| display(pick(money), money.currency))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_rounded() {
        assert_eq!(rate(301, 8412), "3.58%");
        assert_eq!(rate(1, 1), "100.00%");
        assert_eq!(rate(0, 0), "–");
        assert_eq!(rate(3, 2), "150.00%");
    }

    #[test]
    fn currencies_are_never_added_up() {
        let (usd, eur): (Currency, Currency) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
        let figures = Figures {
            money: vec![
                Money {
                    currency: eur,
                    revenue: 500,
                    commission: 0,
                },
                Money {
                    currency: usd,
                    revenue: 100,
                    commission: -5,
                },
            ],
            ..Figures::default()
        };
        assert_eq!(
            amounts(&figures, usd, |money| money.revenue),
            ["$1.00", "€5.00"]
        );
        assert_eq!(
            amounts(&figures, usd, |money| money.commission),
            ["\u{2212}$0.05"]
        );
        assert_eq!(
            amounts(&Figures::default(), usd, |money| money.revenue),
            ["$0.00"]
        );
    }
}
