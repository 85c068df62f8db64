//! Words, colours and choices that the pages about money share.

use domain::id::{AffiliateId, CampaignId};
use domain::money::{Currency, display_in, group_thousands_in};
use domain::status::{CommissionStatus, ContactStatus, PayoutStatus, ReferralStatus};
use domain::time::Day;
use service::programme::{affiliate, affiliate_group, campaign, exchange_rate, stats};
use service::store::list::Window;
use service::{ServiceError, Work};

use crate::error::{PageError, sentence};
use crate::language::{self, phrase, said, t};
use crate::ui::{Tone, status_label, status_tone};

/// Names that one select holds; with more people than that the search finds them.
const NAMES_MAX: i64 = 500;
/// What the live line counts: the last five minutes.
const LIVE_MS: i64 = 5 * 60 * 1000;

/// A status of a list as a tab, with how many rows it has.
pub(crate) struct StatusTab {
    pub label: String,
    pub href: String,
    pub current: bool,
    pub count: String,
}

/// An amount in the manner of the language that is spoken: "$1,188.00", "1.188,00 $".
pub(crate) fn display(amount: i64, currency: Currency) -> String {
    display_in(amount, currency, language::now())
}

/// A count with separators: "8,412", "8.412".
pub(crate) fn count(number: i64) -> String {
    group_thousands_in(&number.to_string(), language::now())
}

/// "1 commission", "2,481 commissions".
pub(crate) fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Amounts of several currencies in one line, which never adds them up: "$1,188.00 and €40.00".
pub(crate) fn listed(amounts: &[(Currency, i64)]) -> String {
    let texts: Vec<String> = amounts
        .iter()
        .map(|(currency, amount)| display(*amount, *currency))
        .collect();
    match texts.split_last() {
        None => t("money-nothing").to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => phrase("money-and")
            .with("others", others.join(", "))
            .with("last", last)
            .into(),
    }
}

/// The sums of a currency together, sorted by currency.
pub(crate) fn by_currency(rows: impl IntoIterator<Item = (Currency, i64)>) -> Vec<(Currency, i64)> {
    let mut sums: std::collections::BTreeMap<Currency, i64> = std::collections::BTreeMap::new();
    for (currency, amount) in rows {
        let sum = sums.entry(currency).or_default();
        *sum = sum.saturating_add(amount);
    }
    sums.into_iter().collect()
}

/// A customer as people call them.
pub(crate) fn customer_name(name: &str, email: Option<&str>, external_id: Option<&str>) -> String {
    [Some(name), email, external_id]
        .into_iter()
        .flatten()
        .find(|text| !text.is_empty())
        .unwrap_or(t("money-unnamed"))
        .to_owned()
}

/// The word and colour of a commission's status.
pub(crate) fn commission_badge(status: CommissionStatus) -> (String, Tone) {
    let tone = match status {
        CommissionStatus::InPayout => Tone::Info,
        _ => status_tone(status.as_str()),
    };
    (status_label(status.as_str()), tone)
}

/// The word and colour of a referral's status: approved is as good as it gets.
pub(crate) fn referral_badge(status: ReferralStatus) -> (String, Tone) {
    let tone = match status {
        ReferralStatus::Pending => Tone::Warning,
        ReferralStatus::Approved => Tone::Success,
        ReferralStatus::Rejected => Tone::Error,
    };
    (status_label(status.as_str()), tone)
}

/// The word and colour of a payout's status.
pub(crate) fn payout_badge(status: PayoutStatus) -> (String, Tone) {
    (status_label(status.as_str()), status_tone(status.as_str()))
}

/// The word and colour of a customer's place.
pub(crate) fn contact_badge(status: ContactStatus) -> (String, Tone) {
    let tone = match status {
        ContactStatus::Lead => Tone::Info,
        ContactStatus::Customer => Tone::Success,
        ContactStatus::Cancelled => Tone::Neutral,
    };
    // A person who left is called otherwise than a payout that was cancelled.
    let word = match status {
        ContactStatus::Cancelled => "customer_cancelled",
        ContactStatus::Lead | ContactStatus::Customer => status.as_str(),
    };
    (status_label(word), tone)
}

/// "Live · 37 clicks in the last 5 min".
pub(crate) async fn live_line(work: &mut Work) -> Result<Option<String>, PageError> {
    let clicks = stats::recent_clicks(work, None, LIVE_MS).await?;
    Ok(Some(format!(
        "Live · {} in the last 5 min",
        counted(clicks, "click", "clicks")
    )))
}

/// Affiliates by name as choices; with very many only the chosen one, the search finds the others.
pub(crate) async fn affiliate_choices(
    work: &mut Work,
    chosen: Option<AffiliateId>,
) -> Result<Vec<(String, String)>, PageError> {
    let window = Window {
        order: affiliate::ORDERS[0].1,
        limit: NAMES_MAX + 1,
        offset: 0,
        after: None,
    };
    let all = affiliate::list(work, &affiliate::Filter::default(), window).await?;
    if all.len() as i64 <= NAMES_MAX {
        return Ok(all
            .into_iter()
            .map(|affiliate| (affiliate.id.to_string(), affiliate.name))
            .collect());
    }
    let chosen: Vec<AffiliateId> = chosen.into_iter().collect();
    Ok(affiliate::names(work, &chosen)
        .await?
        .into_iter()
        .map(|(id, name)| (id.to_string(), name))
        .collect())
}

/// Campaigns by name as choices.
pub(crate) async fn campaign_choices(
    work: &mut Work,
) -> Result<Vec<(CampaignId, String)>, PageError> {
    let filter = service::store::programme::campaign::Filter::default();
    let mut all: Vec<(CampaignId, String)> = campaign::list(work, &filter, Window::all("id desc"))
        .await?
        .into_iter()
        .map(|detail| (detail.campaign.id, detail.campaign.name))
        .collect();
    all.sort_by_key(|(_, name)| domain::text::fold(name));
    Ok(all)
}

/// Groups by name as choices.
pub(crate) async fn group_choices(work: &mut Work) -> Result<Vec<(String, String)>, PageError> {
    Ok(affiliate_group::all(work)
        .await?
        .into_iter()
        .map(|group| (group.id.to_string(), group.name))
        .collect())
}

/// Why an act was refused, as a sentence for a toast; any other error goes on.
pub(crate) fn refusal(error: ServiceError) -> Result<String, PageError> {
    let text = match error {
        ServiceError::Conflict(text) => text,
        ServiceError::Invalid(fields) => fields
            .into_iter()
            .map(|field| said(field.message))
            .collect::<Vec<_>>()
            .join("; "),
        error => return Err(error.into()),
    };
    Ok(said(sentence(&text)))
}

/// What several currencies come to in one, said as such: "about $12,345.00, converted at rates of ECB of
/// 27 Nov 2026"; none for one currency, or without rates.
pub(crate) async fn converted(
    work: &mut Work,
    amounts: &[(Currency, i64)],
    into: Currency,
    until: Day,
) -> Result<Option<String>, PageError> {
    if !amounts
        .iter()
        .any(|(currency, amount)| *currency != into && *amount != 0)
    {
        return Ok(None);
    }
    let Some(sum) = exchange_rate::converted(work, amounts, into, until).await? else {
        return Ok(None);
    };
    let mut text = format!("about {}, converted at", display(sum.amount, sum.currency));
    if !sum.sources.is_empty() {
        text.push_str(&format!(" {}", sum.sources.join(" and ")));
    }
    text.push_str(" rates");
    if let Some(day) = sum.day {
        text.push_str(&format!(" of {}", crate::range::long_day(day)));
    }
    if !sum.missing.is_empty() {
        let codes: Vec<&str> = sum.missing.iter().map(Currency::code).collect();
        text.push_str(&format!(
            ", without {} for which there is no rate",
            codes.join(", ")
        ));
    }
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_stand_side_by_side() {
        let (usd, eur): (Currency, Currency) = ("USD".parse().unwrap(), "EUR".parse().unwrap());
        assert_eq!(
            by_currency([(usd, 5), (eur, 7), (usd, 3)]),
            [(eur, 7), (usd, 8)]
        );
        assert_eq!(
            listed(&[(eur, 4000), (usd, 118_800)]),
            "€40.00 and $1,188.00"
        );
        assert_eq!(listed(&[(usd, -980)]), "\u{2212}$9.80");
        assert_eq!(listed(&[]), "nothing");
    }

    #[test]
    fn customers_are_called_something() {
        assert_eq!(customer_name("", Some("a@b.c"), Some("17")), "a@b.c");
        assert_eq!(customer_name("", None, None), "Unnamed customer");
        assert_eq!(
            sentence("the referral is pending"),
            "The referral is pending."
        );
    }
}
