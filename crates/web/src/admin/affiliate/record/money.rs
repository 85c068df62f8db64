//! What an affiliate has brought and earned.

use domain::balance::Balance;
use domain::id::AffiliateId;
use domain::money::{Currency, display};
use domain::status::CommissionStatus;
use service::Work;
use service::programme::affiliate::Figures;
use service::programme::commission;
use service::store::list::Window;
use service::store::programme::commission::{Filter, OLDEST};

use crate::admin::affiliate::PATH;
use crate::admin::affiliate::shown::{amounts, count, rate};
use crate::shown::commission::{for_whom, left, what};
use crate::ui::{Kpi, Markup};

/// Commissions on the page that can be marked paid; the list of commissions has the rest.
const PAYABLE_MAX: i64 = 10;

/// What was earned in a currency and where it stands.
pub(super) struct BalanceRow {
    pub(super) currency: Currency,
    pub(super) pending: String,
    pub(super) approved: String,
    pub(super) in_payout: String,
    pub(super) paid: String,
    pub(super) clawback: String,
    pub(super) owed: String,
}

impl BalanceRow {
    pub(super) fn new(currency: Currency, balance: &Balance) -> Self {
        let text = |amount: i64| display(amount, currency);
        Self {
            currency,
            pending: text(balance.pending),
            approved: text(balance.approved),
            in_payout: text(balance.in_payout),
            paid: text(balance.paid),
            clawback: text(balance.clawback),
            owed: text(balance.owed),
        }
    }
}

/// An approved commission that is in no payout: it can be marked paid by itself.
pub(super) struct Payable {
    pub(super) what: String,
    pub(super) customer: String,
    pub(super) amount: String,
    pub(super) href: String,
    pub(super) pay_href: String,
}

/// What can be marked paid of an affiliate, the oldest first.
pub(super) async fn payable(work: &mut Work, id: AffiliateId) -> service::Result<Vec<Payable>> {
    let filter = Filter {
        affiliate_id: Some(id),
        status: Some(CommissionStatus::Approved),
        ..Filter::default()
    };
    let found = commission::list(work, &filter, Window::first(OLDEST, PAYABLE_MAX)).await?;
    Ok(found
        .iter()
        .map(|one| {
            let href = format!("/admin/commissions/{}", one.id);
            Payable {
                what: what(one),
                customer: for_whom(one),
                amount: display(left(one), one.currency),
                pay_href: format!("{href}/pay?back={PATH}/{id}"),
                href,
            }
        })
        .collect())
}

pub(super) fn cards(
    figures: &Figures,
    balances: &[(Currency, Balance)],
    id: AffiliateId,
    currency: Currency,
) -> Vec<Kpi> {
    let card = |label: &str, mut values: Vec<String>, sub: &str, href: String| Kpi {
        label: label.to_owned(),
        value: values.remove(0),
        delta: None,
        sub: if values.is_empty() {
            sub.to_owned()
        } else {
            format!("and {}", values.join(", "))
        },
        href,
        spark: Markup::default(),
    };
    let conversion_rate = format!(
        "{} of the clicks",
        rate(figures.conversions, figures.clicks)
    );
    vec![
        card(
            "Clicks",
            vec![count(figures.clicks)],
            "Counted, of all time",
            format!("{PATH}/{id}#links"),
        ),
        card(
            "Conversions",
            vec![count(figures.conversions)],
            if figures.clicks > 0 {
                &conversion_rate
            } else {
                "Sales, of all time"
            },
            format!("/admin/referrals?affiliate={id}"),
        ),
        card(
            "Revenue",
            amounts(figures, currency, |money| money.revenue),
            "Sales less refunds",
            format!("/admin/referrals?affiliate={id}"),
        ),
        card(
            "Commission",
            amounts(figures, currency, |money| money.commission),
            "Earned, less reversals",
            format!("/admin/commissions?affiliate={id}"),
        ),
        card(
            "Owed",
            of_balances(balances, currency, |balance| balance.owed),
            "Approved and not paid yet",
            format!("/admin/commissions?affiliate={id}"),
        ),
        card(
            "Paid",
            of_balances(balances, currency, |balance| balance.paid),
            "Of all time",
            format!("/admin/payouts?affiliate={id}"),
        ),
    ]
}

/// The amounts of all currencies, the business's first; zero of that one when there is none.
fn of_balances(
    balances: &[(Currency, Balance)],
    own: Currency,
    pick: impl Fn(&Balance) -> i64,
) -> Vec<String> {
    let mut sums: Vec<(Currency, i64)> = balances
        .iter()
        .map(|(currency, balance)| (*currency, pick(balance)))
        .filter(|(_, sum)| *sum != 0)
        .collect();
    sums.sort_by_key(|(currency, _)| (*currency != own, *currency));
    if sums.is_empty() {
        return vec![display(0, own)];
    }
    sums.into_iter()
        .map(|(currency, sum)| display(sum, currency))
        .collect()
}
