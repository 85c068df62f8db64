//! The list of payout runs, and beginning one.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::id::GroupId;
use domain::money::Currency;
use domain::status::{PayoutMethodKind, PayoutRunState, PayoutStatus};
use domain::time::Day;
use serde::Deserialize;
use service::identity::business;
use service::programme::payout_run::{self, COUNTED, Filter, ORDERS, PayoutRun, RunIn, sums};
use service::store::programme::payout::StatusTotal;

use super::run::{RUNS, state_badge};
use crate::admin::session::Admin;
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::list::ListState;
use crate::moment::Moment;
use crate::range::long_day;
use crate::shown::money::{self, counted, listed};
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell, Choice, Filters, Pager, SortHead, Tone};
use crate::{currency, flash, html};

#[derive(Template)]
#[template(path = "admin/payouts/runs.html")]
struct RunsPage {
    shell: AdminShell,
    filters: Filters,
    heads: [SortHead; 3],
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Row {
    href: String,
    title: String,
    about: String,
    until: String,
    made: Moment,
    made_by: String,
    payouts: String,
    total: String,
    badge: (String, Tone),
}

/// What a run looks at, in words: "Until 27 November 2026 · VIP · Wise · EUR".
pub(super) fn about(run: &PayoutRun) -> String {
    let mut parts = vec![format!("Until {}", long_day(run.until_day))];
    parts.extend(run.group_name.clone());
    parts.extend(
        run.method
            .map(|method| payout_method_label(method.as_str())),
    );
    parts.extend(run.currency.map(|currency| currency.code().to_owned()));
    parts.join(" · ")
}

fn payouts(totals: &[StatusTotal]) -> i64 {
    totals
        .iter()
        .filter(|total| total.status != PayoutStatus::Cancelled)
        .map(|total| total.count)
        .sum()
}

fn asked(query: Option<&str>) -> (ListState, Filter) {
    let mut state = ListState::new(RUNS, query, "-number");
    state.keep_sort(&[ORDERS]);
    let filter = Filter {
        state: state.filter("state"),
        search: state.search(),
    };
    (state, filter)
}

pub(super) async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(payout_run::count(&mut work, &filter).await?);
    let runs = payout_run::list(&mut work, &filter, state.window(ORDERS)).await?;
    let mut rows = Vec::with_capacity(runs.len());
    for run in runs {
        let totals = payout_run::payout_totals(&mut work, run.id).await?;
        let number = payouts(&totals);
        rows.push(Row {
            href: format!("{RUNS}/{}", run.id),
            title: format!("Run {}", run.number),
            about: about(&run),
            until: long_day(run.until_day),
            made: Moment::new(run.created_at_ms, &zone),
            payouts: if run.state == PayoutRunState::Open {
                "not drafted".to_owned()
            } else {
                counted(number, "payout", "payouts")
            },
            total: if number == 0 {
                String::new()
            } else {
                listed(&sums(&totals, COUNTED))
            },
            badge: state_badge(run.state),
            made_by: run.made_by,
        });
    }
    let states = PayoutRunState::ALL
        .iter()
        .map(|state| (state.as_str(), state_badge(*state).0));
    let selects = vec![state.select("state", "State", "Any state", states)];
    html::page(&RunsPage {
        shell: admin
            .shell(&mut work, "Payout runs", AdminItem::Payouts)
            .await?,
        filters: state.filters("Search number, group or name", selects),
        heads: [
            state.head("number", "Run", false),
            state.head("until", "Until", true),
            state.head("state", "State", false),
        ],
        rows,
        pager: state.pager("run", "runs"),
        csv_href: state.csv_href(),
    })
}

/// The list as CSV; a line for each currency a run pays in.
pub(super) async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let (mut state, filter) = asked(query.as_deref());
    let mut work = admin.app.view(&admin.actor).await?;
    state.settle(payout_run::count(&mut work, &filter).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let mut sheet = Sheet::new(&[
        "Number",
        "Id",
        "Begun",
        "Begun by",
        "State",
        "Until",
        "Group",
        "Method",
        "Submitted by",
        "Approved by",
        "Paid",
        "Reference",
        "Payouts",
        "Amount",
        "Currency",
    ]);
    for run in payout_run::list(&mut work, &filter, state.everything(ORDERS)).await? {
        let totals = payout_run::payout_totals(&mut work, run.id).await?;
        let sums = sums(&totals, COUNTED);
        let lines: Vec<Option<(Currency, i64)>> = if sums.is_empty() {
            vec![None]
        } else {
            sums.into_iter().map(Some).collect()
        };
        for line in lines {
            let of: Vec<StatusTotal> = totals
                .iter()
                .filter(|total| line.is_none_or(|(currency, _)| total.currency == currency))
                .cloned()
                .collect();
            sheet.row(vec![
                run.number.into(),
                run.id.to_string().into(),
                run.created_at_ms.into(),
                Cell::from(&run.made_by),
                run.state.as_str().into(),
                run.until_day.into(),
                Cell::from(run.group_name.as_ref()),
                Cell::from(run.method.map(PayoutMethodKind::as_str)),
                Cell::from(run.submitted_name.as_ref()),
                Cell::from(run.approved_name.as_ref()),
                run.paid_at_ms.into(),
                Cell::from(run.paid_reference.as_ref()),
                payouts(&of).into(),
                Cell::from(line.map(|(currency, amount)| Cell::amount(amount, currency))),
                Cell::from(line.map(|(currency, _)| currency)),
            ]);
        }
    }
    Ok(sheet.download("payout-runs", admin.today(&work)?))
}

#[derive(Template)]
#[template(path = "admin/payouts/run_new.html")]
struct NewPage {
    shell: AdminShell,
    typed: RunForm,
    today: String,
    groups: Vec<Choice>,
    methods: Vec<Choice>,
    currencies: Vec<Choice>,
    errors: FormErrors,
}

/// What a run looks at, as typed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RunForm {
    until: String,
    group: String,
    method: String,
    currency: String,
}

async fn new_page(
    admin: &Admin,
    mut typed: RunForm,
    errors: FormErrors,
) -> Result<NewPage, PageError> {
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let today = work.now.day_in(&zone).to_string();
    if typed.until.is_empty() {
        typed.until.clone_from(&today);
    }
    let any = |label: &str| std::iter::once((String::new(), label.to_owned()));
    let groups = money::group_choices(&mut work).await?;
    let methods = PayoutMethodKind::ALL.iter().map(|method| {
        (
            method.as_str().to_owned(),
            payout_method_label(method.as_str()),
        )
    });
    let currencies = currency::choices(&typed.currency)
        .into_iter()
        .map(|choice| (choice.value, choice.label));
    Ok(NewPage {
        shell: admin
            .shell(&mut work, "New payout run", AdminItem::Payouts)
            .await?,
        today,
        groups: Choice::list(any("Every group").chain(groups), &typed.group),
        methods: Choice::list(any("Every method").chain(methods), &typed.method),
        currencies: Choice::list(any("Every currency").chain(currencies), &typed.currency),
        typed,
        errors,
    })
}

pub(super) async fn new(admin: Admin) -> Result<Response, PageError> {
    html::page(&new_page(&admin, RunForm::default(), FormErrors::new()).await?)
}

pub(super) async fn begin(
    admin: Admin,
    PostForm(typed): PostForm<RunForm>,
) -> Result<Response, PageError> {
    let mut errors = FormErrors::new();
    let until = Day::parse(typed.until.trim()).unwrap_or_else(|_| {
        errors.add("until", "Write the day as 2026-11-21");
        Day(1)
    });
    let mut read = |name: &str, text: &str, known: bool| {
        if !text.is_empty() && !known {
            errors.add(name, "Choose one of the list");
        }
    };
    let group: Option<GroupId> = typed.group.parse().ok();
    let method: Option<PayoutMethodKind> = typed.method.parse().ok();
    let currency = typed.currency.parse().ok();
    read("group", &typed.group, group.is_some());
    read("method", &typed.method, method.is_some());
    read("currency", &typed.currency, currency.is_some());
    if errors.is_empty() {
        let input = RunIn {
            until,
            group,
            method,
            currency,
        };
        let mut work = admin.app.begin(&admin.actor).await?;
        match payout_run::begin(&mut work, input).await {
            Ok(id) => {
                work.commit().await?;
                return Ok(flash::see_other(&format!("{RUNS}/{id}")));
            }
            Err(error) => errors.merge(refused(error)?),
        }
    }
    html::refused(&new_page(&admin, typed, errors).await?)
}
