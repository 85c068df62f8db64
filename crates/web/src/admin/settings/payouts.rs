//! When, how and from which amount affiliates are paid.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use domain::money::decimal;
use domain::status::{PayoutFrequency, PayoutMethodKind};
use service::App;
use service::identity::session;
use service::identity::setting::{self, PayoutMinimumIn, SettingPatch};
use service::programme::payout_rule::{self, RuleIn};
use service::programme::{payout_file, payout_method};

use super::{Tab, tabs};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused, with_next};
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{currency, flash, html};

const PATH: &str = "/admin/settings/payouts";

pub(super) fn routes() -> Router<App> {
    Router::new().route(PATH, get(show).post(save))
}

#[derive(Template)]
#[template(path = "admin/settings/payouts.html")]
struct PayoutsPage {
    shell: AdminShell,
    tabs: Vec<Tab>,
    frequencies: Vec<Choice>,
    methods: Vec<Choice>,
    weekdays: Vec<Choice>,
    month_day: String,
    allowed: Vec<Choice>,
    limits: Vec<MinimumRow>,
    two_step: bool,
    /// The business's account, masked; empty: none.
    account: String,
    /// Who may change it.
    is_owner: bool,
    rows: Vec<MinimumRow>,
    has_minimum: bool,
    hold_days: String,
    /// Where to give the password before the safeguards are changed; empty: it was given lately.
    prove_href: String,
    errors: FormErrors,
}

/// One line of the minimums: a currency and what must be owed at least.
struct MinimumRow {
    number: usize,
    currencies: Vec<Choice>,
    amount: String,
    error: String,
}

#[derive(Debug, Clone, serde::Deserialize)]
struct PayoutsForm {
    payout_frequency: PayoutFrequency,
    payout_method: String,
    #[serde(default)]
    payout_hold_days: String,
    /// 1 for Monday; none leaves days, methods, limits and the second step as they are.
    #[serde(default)]
    weekday: String,
    #[serde(default)]
    month_day: String,
    #[serde(default)]
    allowed: Vec<PayoutMethodKind>,
    #[serde(default)]
    limit_currency: Vec<String>,
    #[serde(default)]
    limit_amount: Vec<String>,
    #[serde(default)]
    two_step: bool,
    #[serde(default)]
    currency: Vec<String>,
    #[serde(default)]
    amount: Vec<String>,
}

/// Days of the week, Monday first.
pub(in crate::admin) const WEEKDAYS: &[(&str, &str)] = &[
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
];

/// Methods as boxes to tick.
pub(in crate::admin) fn method_boxes(ticked: &[PayoutMethodKind]) -> Vec<Choice> {
    PayoutMethodKind::ALL
        .iter()
        .map(|method| Choice {
            value: method.as_str().to_owned(),
            label: payout_method_label(method.as_str()),
            selected: ticked.contains(method),
        })
        .collect()
}

async fn page(
    admin: &Admin,
    form: PayoutsForm,
    errors: FormErrors,
) -> Result<PayoutsPage, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let account = payout_file::debtor(&mut work).await?;
    let has_minimum = !setting::payout_minimums(&mut work).await?.is_empty();
    let PayoutsForm {
        payout_frequency,
        payout_method,
        payout_hold_days,
        weekday,
        month_day,
        allowed,
        limit_currency,
        limit_amount,
        two_step,
        currency: currencies,
        amount: amounts,
    } = form;
    let frequencies = [
        ("weekly", "Every week"),
        ("biweekly", "Every two weeks"),
        ("monthly", "Every month"),
        ("quarterly", "Every three months"),
        ("on_request", "When someone decides to"),
    ];
    let mut methods = vec![
        ("bank_transfer", "Bank transfer"),
        ("paypal", "PayPal"),
        ("wise", "Wise"),
        ("stripe", "Stripe"),
        ("check", "Check"),
        ("store_credit", "Store credit"),
        ("other", "Other"),
    ];
    if !methods.iter().any(|(value, _)| *value == payout_method) {
        methods.push((&payout_method, &payout_method));
    }
    let limits = limit_currency
        .iter()
        .zip(limit_amount)
        .enumerate()
        .map(|(number, (code, amount))| MinimumRow {
            number: number + 1,
            currencies: currency::choices(code),
            amount,
            error: errors.of(&format!("limits[{number}]")).to_owned(),
        })
        .collect();
    let rows = currencies
        .iter()
        .zip(amounts)
        .enumerate()
        .map(|(number, (code, amount))| MinimumRow {
            number: number + 1,
            currencies: currency::choices(code),
            amount,
            error: [
                errors.of(&format!("minimums[{number}].amount")),
                errors.of(&format!("minimums[{number}].currency")),
            ]
            .concat(),
        })
        .collect();
    Ok(PayoutsPage {
        shell: admin
            .shell(&mut work, "Settings", AdminItem::Settings)
            .await?,
        tabs: tabs(PATH),
        frequencies: Choice::list(frequencies, payout_frequency.as_str()),
        methods: Choice::list(methods, &payout_method),
        weekdays: Choice::list(WEEKDAYS.iter().copied(), &weekday),
        month_day,
        allowed: method_boxes(&allowed),
        limits,
        two_step,
        account: account.map(|row| row.masked).unwrap_or_default(),
        is_owner: admin.actor.require_owner().is_ok(),
        rows,
        has_minimum,
        hold_days: payout_hold_days,
        prove_href: if session::is_proven(&admin.app, &admin.who.session) {
            String::new()
        } else {
            with_next("/admin/prove", PATH)
        },
        errors,
    })
}

async fn show(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let setting = setting::get(&mut work).await?;
    let minimums = setting::payout_minimums(&mut work).await?;
    let hold_days = payout_method::hold_days(&mut work).await?;
    let rule = payout_rule::get(&mut work).await?;
    let limits = payout_rule::limits(&mut work).await?;
    drop(work);
    let mut form = PayoutsForm {
        payout_frequency: setting.payout_frequency,
        payout_method: setting.payout_method,
        payout_hold_days: hold_days.to_string(),
        weekday: rule.weekday.to_string(),
        month_day: rule.month_day.to_string(),
        allowed: payout_rule::methods(&rule.methods),
        limit_currency: limits
            .iter()
            .map(|limit| limit.currency.to_string())
            .collect(),
        limit_amount: limits
            .iter()
            .map(|limit| decimal(limit.amount, limit.currency))
            .collect(),
        two_step: rule.two_step == Some(true),
        currency: minimums
            .iter()
            .map(|minimum| minimum.currency.to_string())
            .collect(),
        amount: minimums
            .iter()
            .map(|minimum| decimal(minimum.amount, minimum.currency))
            .collect(),
    };
    // One empty line to fill: the business's own currency first, another one after it.
    let own = admin.business.currency.to_string();
    form.limit_currency
        .push(if form.limit_currency.contains(&own) {
            "EUR".to_owned()
        } else {
            own.clone()
        });
    form.limit_amount.push(String::new());
    let spare = if form.currency.contains(&own) {
        "EUR".to_owned()
    } else {
        own
    };
    form.currency.push(if form.currency.contains(&spare) {
        "GBP".to_owned()
    } else {
        spare
    });
    form.amount.push(String::new());
    html::page(&page(&admin, form, FormErrors::new()).await?)
}

async fn save(admin: Admin, PostForm(form): PostForm<PayoutsForm>) -> Result<Response, PageError> {
    let PayoutsForm {
        payout_frequency,
        payout_method,
        payout_hold_days,
        weekday,
        month_day,
        allowed,
        limit_currency,
        limit_amount,
        two_step,
        currency,
        amount,
    } = form.clone();
    let minimums: Vec<PayoutMinimumIn> = currency
        .into_iter()
        .zip(amount)
        .map(|(currency, amount)| PayoutMinimumIn { currency, amount })
        .collect();
    let patch = SettingPatch {
        payout_frequency: Some(payout_frequency),
        payout_method: Some(payout_method),
        ..SettingPatch::default()
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let before = payout_rule::safeguards(&mut work).await?;
    let mut saved = setting::update(&mut work, patch).await.map(|_| ());
    if saved.is_ok() {
        saved = setting::set_payout_minimums(&mut work, &minimums).await;
    }
    if saved.is_ok() && !payout_hold_days.trim().is_empty() {
        // What is no number is refused as one that is out of bounds.
        let days = payout_hold_days.trim().parse().unwrap_or(-1);
        saved = payout_method::set_hold_days(&mut work, days).await;
    }
    if saved.is_ok() && !weekday.is_empty() {
        let rule = RuleIn {
            weekday: weekday.parse().unwrap_or(0),
            month_day: month_day.trim().parse().unwrap_or(0),
            methods: allowed,
            two_step,
            limits: limit_currency
                .into_iter()
                .zip(limit_amount)
                .map(|(currency, amount)| PayoutMinimumIn { currency, amount })
                .collect(),
        };
        saved = payout_rule::set(&mut work, rule).await;
    }
    match saved {
        Ok(()) => {
            if payout_rule::safeguards(&mut work).await? != before {
                // Refused, the work ends here and nothing of it is stored.
                admin.require_proof(PATH)?;
            }
            work.commit().await?;
            Ok(flash::redirect(PATH, "Settings saved"))
        }
        Err(error) => {
            drop(work);
            html::refused(&page(&admin, form, refused(error)?).await?)
        }
    }
}
