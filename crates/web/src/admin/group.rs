//! Affiliate groups: the list with its export, the record with its members, the form.

use std::collections::BTreeMap;

use askama::Template;
use axum::Router;
use axum::extract::{Path, RawQuery};
use axum::response::Response;
use axum::routing::{get, post};
use domain::id::{AffiliateId, GroupId};
use domain::money::{Currency, decimal, display, parse_decimal};
use domain::status::{PayoutFrequency, PayoutMethodKind};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::identity::business;
use service::programme::affiliate::{self, Filter, InGroup, ORDERS as AFFILIATE_ORDERS, Selection};
use service::programme::affiliate_group::{
    self, Group, GroupIn, GroupPatch, Minimum, MinimumIn, ORDERS,
};
use service::programme::payout_rule::{self, GroupRuleIn};
use service::store::list::Window;
use service::{App, ServiceError, Work};

use super::affiliate::{read_id, status_label, status_tone};
use super::session::Admin;
use super::settings::payouts::{WEEKDAYS, method_boxes};
use crate::csv::{self, Cell, Sheet};
use crate::error::PageError;
use crate::form::{self, FormErrors, PostForm};
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::payout::{payout_method_label, payout_methods};
use crate::ui::{AdminItem, AdminShell, Choice, Filters, ListUrl, Pager, SortHead, Tone};
use crate::{flash, html};

const PATH: &str = "/admin/groups";
/// Empty lines for minimum payouts behind those there are.
const SPARE_LINES: usize = 2;
/// Affiliates found at a time to be added.
const FOUND_MAX: i64 = 50;

/// The pages of this noun.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/admin/groups", get(list))
        .route("/admin/groups.csv", get(export))
        .route("/admin/groups/new", get(new).post(create))
        .route("/admin/groups/{id}", get(record))
        .route("/admin/groups/{id}/edit", get(edit).post(save))
        .route("/admin/groups/{id}/members", post(add_members))
        .route("/admin/groups/{id}/delete", post(delete))
}

// ── the list ──────────────────────────────────────────────────────────────────────────────────

#[derive(Template)]
#[template(path = "admin/group/list.html")]
struct ListPage {
    shell: AdminShell,
    filters: Filters,
    heads: Heads,
    rows: Vec<Row>,
    pager: Pager,
    csv_href: String,
}

struct Heads {
    name: SortHead,
    members: SortHead,
    created: SortHead,
}

struct Row {
    id: String,
    href: String,
    name: String,
    region: String,
    members: String,
    members_href: String,
    minimums: Vec<String>,
    frequency: String,
    created: String,
    /// The second line on narrow screens.
    short: String,
}

async fn minimums_by_group(work: &mut Work) -> Result<BTreeMap<GroupId, Vec<Minimum>>, PageError> {
    let mut all: BTreeMap<GroupId, Vec<Minimum>> = BTreeMap::new();
    for minimum in affiliate_group::minimums(work, None).await? {
        all.entry(minimum.group_id).or_default().push(minimum);
    }
    Ok(all)
}

fn shown(minimums: &[Minimum]) -> Vec<String> {
    minimums
        .iter()
        .map(|minimum| display(minimum.amount, minimum.currency))
        .collect()
}

fn frequency_label(frequency: Option<PayoutFrequency>) -> String {
    match frequency {
        None => "As the business".to_owned(),
        Some(PayoutFrequency::Weekly) => "Weekly".to_owned(),
        Some(PayoutFrequency::Biweekly) => "Every two weeks".to_owned(),
        Some(PayoutFrequency::Monthly) => "Monthly".to_owned(),
        Some(PayoutFrequency::Quarterly) => "Quarterly".to_owned(),
        Some(PayoutFrequency::OnRequest) => "On request".to_owned(),
    }
}

impl Row {
    fn new(group: Group, minimums: &[Minimum], zone: &TimeZone) -> Self {
        let minimums = shown(minimums);
        let least = if minimums.is_empty() {
            String::new()
        } else {
            format!("from {}", minimums.join(", "))
        };
        Self {
            id: group.id.to_string(),
            href: format!("{PATH}/{}", group.id),
            members_href: format!("/admin/affiliates?group={}", group.id),
            members: group.members.to_string(),
            frequency: frequency_label(group.payout_frequency),
            created: Moment::new(group.created_at_ms, zone).date,
            short: if least.is_empty() {
                group.region.clone().unwrap_or_default()
            } else {
                least
            },
            region: group.region.unwrap_or_default(),
            name: group.name,
            minimums,
        }
    }
}

async fn list(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new(PATH, query.as_deref(), "name");
    state.keep_sort(&[ORDERS]);
    let mut work = admin.app.view(&admin.actor).await?;
    let search = state.search();
    state.settle(affiliate_group::count(&mut work, search.as_deref()).await?);
    let groups = affiliate_group::list(&mut work, search.as_deref(), state.window(ORDERS)).await?;
    let minimums = minimums_by_group(&mut work).await?;
    let zone = business::zone_of(&admin.business)?;
    let rows = groups
        .into_iter()
        .map(|group| {
            let own = minimums.get(&group.id).map_or(&[][..], Vec::as_slice);
            Row::new(group, own, &zone)
        })
        .collect();
    html::page(&ListPage {
        shell: admin
            .shell(&mut work, "Affiliate groups", AdminItem::Groups)
            .await?,
        filters: state.filters("Search name", Vec::new()),
        heads: Heads {
            name: state.head("name", "Group", false),
            members: state.head("members", "Members", true),
            created: state.head("created", "Created", false),
        },
        rows,
        pager: state.pager("group", "groups"),
        csv_href: state.csv_href(),
    })
}

async fn export(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let mut state = ListState::new(PATH, query.as_deref(), "name");
    let mut work = admin.app.view(&admin.actor).await?;
    let search = state.search();
    state.settle(affiliate_group::count(&mut work, search.as_deref()).await?);
    if let Some(refusal) = csv::refusal(state.total()) {
        return Ok(flash::redirect_with_error(&state.href(), refusal));
    }
    let groups =
        affiliate_group::list(&mut work, search.as_deref(), state.everything(ORDERS)).await?;
    let minimums = minimums_by_group(&mut work).await?;
    let mut sheet = Sheet::new(&[
        "Id",
        "Name",
        "Region",
        "Members",
        "Payout frequency",
        "Payout method",
        "Minimum payout",
        "Currency",
        "Created",
    ]);
    for group in groups {
        let own = minimums.get(&group.id).map_or(&[][..], Vec::as_slice);
        // One row a minimum; a group without any has one row.
        let lines: Vec<Option<&Minimum>> = if own.is_empty() {
            vec![None]
        } else {
            own.iter().map(Some).collect()
        };
        for minimum in lines {
            sheet.row(vec![
                Cell::from(group.id.to_string()),
                Cell::from(&group.name),
                Cell::from(group.region.as_ref()),
                Cell::from(group.members),
                Cell::from(group.payout_frequency.map(|frequency| frequency.as_str())),
                Cell::from(group.payout_method.as_ref()),
                minimum.map_or(Cell::empty(), |minimum| {
                    Cell::amount(minimum.amount, minimum.currency)
                }),
                Cell::from(minimum.map(|minimum| minimum.currency)),
                Cell::from(group.created_at_ms),
            ]);
        }
    }
    let today = work.now.day_in(&business::zone_of(&admin.business)?);
    Ok(sheet.download("affiliate-groups", today))
}

// ── the record ────────────────────────────────────────────────────────────────────────────────

#[derive(Template)]
#[template(path = "admin/group/record.html")]
struct RecordPage {
    shell: AdminShell,
    filters: Filters,
    heads: MemberHeads,
    members: Vec<Member>,
    pager: Pager,
    /// The same rows as a query of the list of affiliates, for acts on all of them.
    bulk_query: String,
    here: String,
    /// The other groups.
    others: Vec<Choice>,
    group_href: String,
    edit_href: String,
    rules_href: String,
    add_action: String,
    /// What was searched to be added.
    add: String,
    searched: bool,
    found: Vec<Found>,
    facts: Vec<(&'static str, String)>,
    may_delete: bool,
    delete_action: String,
}

struct MemberHeads {
    name: SortHead,
    status: SortHead,
    created: SortHead,
}

struct Member {
    id: String,
    href: String,
    name: String,
    email: String,
    status_label: String,
    status_tone: Tone,
    created: String,
}

/// An affiliate outside the group.
struct Found {
    id: String,
    name: String,
    email: String,
    /// The group they are in now.
    group: String,
}

async fn record(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let href = format!("{PATH}/{id}");
    let mut state = ListState::new(&href, query.as_deref(), "name");
    state.keep_sort(&[AFFILIATE_ORDERS]);
    let filter = Filter {
        status: state.filter("status"),
        group: InGroup::Of(id),
        search: state.search(),
        ..Filter::default()
    };
    state.settle(affiliate::count(&mut work, &filter).await?);
    let members = affiliate::list(&mut work, &filter, state.window(AFFILIATE_ORDERS)).await?;
    let groups = affiliate_group::all(&mut work).await?;
    let add = state.text("add").unwrap_or_default();
    let found = outsiders(&mut work, id, &groups, &add).await?;
    let zone = business::zone_of(&admin.business)?;
    let minimums = affiliate_group::minimums(&mut work, Some(id)).await?;
    let bulk_query = ListUrl::new(
        "",
        [
            ("group", id.to_string()),
            (
                "status",
                filter
                    .status
                    .map(|status| status.as_str().to_owned())
                    .unwrap_or_default(),
            ),
            ("q", filter.search.clone().unwrap_or_default()),
        ],
    )
    .query();
    let statuses = domain::status::AffiliateStatus::ALL
        .iter()
        .map(|&status| (status.as_str(), status_label(status)));
    let others = groups
        .iter()
        .filter(|other| other.id != id)
        .map(|other| (other.id.to_string(), other.name.clone()));
    html::page(&RecordPage {
        shell: admin
            .shell(&mut work, group.name.as_str(), AdminItem::Groups)
            .await?,
        filters: state.filters(
            "Search members",
            vec![state.select("status", "Status", "Any status", statuses)],
        ),
        heads: MemberHeads {
            name: state.head("name", "Affiliate", false),
            status: state.head("status", "Status", false),
            created: state.head("created", "Added", false),
        },
        members: members
            .into_iter()
            .map(|affiliate| Member {
                id: affiliate.id.to_string(),
                href: format!("/admin/affiliates/{}", affiliate.id),
                status_label: status_label(affiliate.status),
                status_tone: status_tone(affiliate.status),
                created: Moment::new(affiliate.created_at_ms, &zone).date,
                name: affiliate.name,
                email: affiliate.email,
            })
            .collect(),
        pager: state.pager("member", "members"),
        bulk_query,
        here: state.href(),
        others: Choice::list(others, ""),
        edit_href: format!("{href}/edit"),
        rules_href: format!("/admin/rules?group={id}"),
        add_action: format!("{href}/members"),
        searched: !add.is_empty(),
        add,
        found,
        facts: facts(&group, &minimums, &zone),
        may_delete: group.members == 0,
        delete_action: format!("{href}/delete"),
        group_href: href,
    })
}

/// Affiliates who match a search and are not in the group.
async fn outsiders(
    work: &mut Work,
    id: GroupId,
    groups: &[Group],
    search: &str,
) -> Result<Vec<Found>, PageError> {
    if search.is_empty() {
        return Ok(Vec::new());
    }
    let filter = Filter {
        search: Some(search.to_owned()),
        group: InGroup::Not(id),
        ..Filter::default()
    };
    let window = Window {
        order: AFFILIATE_ORDERS[0].1,
        limit: FOUND_MAX,
        offset: 0,
        after: None,
    };
    let found = affiliate::list(work, &filter, window).await?;
    Ok(found
        .into_iter()
        .map(|affiliate| {
            let group = affiliate
                .group_id
                .and_then(|own| groups.iter().find(|group| group.id == own));
            Found {
                id: affiliate.id.to_string(),
                name: affiliate.name,
                email: affiliate.email,
                group: group.map_or_else(
                    || "no group".to_owned(),
                    |group| format!("now in {}", group.name),
                ),
            }
        })
        .collect())
}

fn facts(group: &Group, minimums: &[Minimum], zone: &TimeZone) -> Vec<(&'static str, String)> {
    let as_business = || "As the business".to_owned();
    let mut facts = vec![
        ("Members", group.members.to_string()),
        (
            "Region",
            group.region.clone().unwrap_or_else(|| "–".to_owned()),
        ),
        (
            "Minimum payout",
            if minimums.is_empty() {
                as_business()
            } else {
                shown(minimums).join(", ")
            },
        ),
        ("Payouts", frequency_label(group.payout_frequency)),
        (
            "Method",
            group
                .payout_method
                .as_deref()
                .map_or_else(as_business, payout_method_label),
        ),
        ("Created", Moment::new(group.created_at_ms, zone).date),
        ("Id", group.id.to_string()),
    ];
    if !group.note.is_empty() {
        facts.push(("Notes", group.note.clone()));
    }
    facts
}

/// The affiliates that were ticked.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MembersForm {
    #[serde(default)]
    id: Vec<String>,
}

async fn add_members(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(form): PostForm<MembersForm>,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let href = format!("{PATH}/{id}");
    let ids: Vec<AffiliateId> = form.id.iter().filter_map(|id| id.parse().ok()).collect();
    if ids.is_empty() {
        return Ok(flash::redirect_with_error(
            &href,
            "Nothing was selected. Tick the affiliates first.",
        ));
    }
    let mut work = admin.app.begin(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let report = affiliate::assign_group(&mut work, Selection::Ids(ids), Some(id)).await?;
    work.commit().await?;
    let noun = if report.changed == 1 {
        "affiliate"
    } else {
        "affiliates"
    };
    Ok(flash::redirect(
        &href,
        format!("{} {noun} put into {}.", report.changed, group.name),
    ))
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn delete(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    match affiliate_group::delete(&mut work, id).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(PATH, "The group was deleted."))
        }
        Err(ServiceError::Conflict(text)) => Ok(flash::redirect_with_error(
            &format!("{PATH}/{id}"),
            format!("Nothing was deleted: {text}."),
        )),
        Err(error) => Err(error.into()),
    }
}

// ── the form ──────────────────────────────────────────────────────────────────────────────────

/// What was typed; amounts are texts until their currency is known.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Typed {
    name: String,
    region: String,
    note: String,
    payout_frequency: String,
    payout_method: String,
    /// 1 for Monday; blank: as the business.
    weekday: String,
    /// 1 to 31; blank: as the business.
    month_day: String,
    /// Methods that were ticked; none: as the business.
    allowed: Vec<PayoutMethodKind>,
    /// Side by side with `minimum_currency`.
    minimum_amount: Vec<String>,
    minimum_currency: Vec<String>,
}

#[derive(Template)]
#[template(path = "admin/group/form.html")]
struct FormPage {
    shell: AdminShell,
    action: String,
    cancel: String,
    submit: &'static str,
    typed: Typed,
    errors: FormErrors,
    frequencies: Vec<Choice>,
    methods: Vec<Choice>,
    weekdays: Vec<Choice>,
    allowed: Vec<Choice>,
    minimums: Vec<MinimumLine>,
}

/// One line of the minimum payouts.
struct MinimumLine {
    number: usize,
    amount: String,
    amount_error: String,
    currencies: Vec<Choice>,
    currency_error: String,
}

impl Typed {
    fn of(group: &Group, minimums: &[Minimum], rule: GroupRuleIn) -> Self {
        let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
        Self {
            weekday: number(rule.weekday),
            month_day: number(rule.month_day),
            allowed: rule.methods,
            name: group.name.clone(),
            region: group.region.clone().unwrap_or_default(),
            note: group.note.clone(),
            payout_frequency: group
                .payout_frequency
                .map(|word| word.as_str().to_owned())
                .unwrap_or_default(),
            payout_method: group.payout_method.clone().unwrap_or_default(),
            minimum_amount: minimums
                .iter()
                .map(|minimum| decimal(minimum.amount, minimum.currency))
                .collect(),
            minimum_currency: minimums
                .iter()
                .map(|minimum| minimum.currency.to_string())
                .collect(),
        }
    }

    fn frequency(&self, errors: &mut FormErrors) -> Option<PayoutFrequency> {
        if self.payout_frequency.is_empty() {
            return None;
        }
        let frequency = self.payout_frequency.parse().ok();
        if frequency.is_none() {
            errors.add("payout_frequency", "Choose one of the list.");
        }
        frequency
    }

    /// What the group has of its own about days and methods; a number that is none is out of bounds.
    fn rule(&self) -> GroupRuleIn {
        let number = |text: &str| {
            let text = text.trim();
            (!text.is_empty()).then(|| text.parse().unwrap_or(0))
        };
        GroupRuleIn {
            weekday: number(&self.weekday),
            month_day: number(&self.month_day),
            methods: self.allowed.clone(),
        }
    }

    /// The lines with an amount, each with the place it was typed at.
    fn minimums(&self, errors: &mut FormErrors) -> (Vec<usize>, Vec<MinimumIn>) {
        let (mut places, mut minimums) = (Vec::new(), Vec::new());
        for (place, typed) in self
            .minimum_amount
            .iter()
            .enumerate()
            .filter(|(_, typed)| !typed.trim().is_empty())
        {
            let currency = self
                .minimum_currency
                .get(place)
                .map(String::as_str)
                .unwrap_or_default();
            match currency.parse::<Currency>() {
                Err(_) => errors.add(format!("currency-{place}"), "Choose a currency."),
                Ok(known) => match parse_decimal(typed, known) {
                    Err(error) => errors.add(format!("amount-{place}"), error.to_string()),
                    Ok(amount) => {
                        places.push(place);
                        minimums.push(MinimumIn {
                            amount,
                            currency: currency.to_owned(),
                        });
                    }
                },
            }
        }
        (places, minimums)
    }
}

fn optional(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// The use case's errors, with those of minimums at the lines they were typed at.
fn placed(error: ServiceError, places: &[usize]) -> Result<FormErrors, PageError> {
    let error = match error {
        ServiceError::Invalid(mut fields) => {
            for field in &mut fields {
                for (index, place) in places.iter().enumerate() {
                    for part in ["amount", "currency"] {
                        if field.field == format!("minimum_payout[{index}].{part}") {
                            field.field = format!("{part}-{place}");
                        }
                    }
                }
            }
            ServiceError::Invalid(fields)
        }
        other => other,
    };
    form::refused(error)
}

async fn form_page(
    admin: &Admin,
    work: &mut Work,
    old: Option<GroupId>,
    typed: Typed,
    errors: FormErrors,
) -> Result<FormPage, PageError> {
    let frequencies = PayoutFrequency::ALL
        .iter()
        .map(|&frequency| (frequency.as_str(), frequency_label(Some(frequency))));
    let none = std::iter::once(("", frequency_label(None)));
    let kept = typed
        .minimum_amount
        .iter()
        .rposition(|amount| !amount.trim().is_empty())
        .map_or(0, |last| last + 1);
    let own = admin.business.currency.to_string();
    let minimums = (0..kept + SPARE_LINES)
        .map(|place| {
            let currency = typed
                .minimum_currency
                .get(place)
                .filter(|code| !code.is_empty())
                .unwrap_or(&own);
            MinimumLine {
                number: place,
                amount: typed.minimum_amount.get(place).cloned().unwrap_or_default(),
                amount_error: errors.of(&format!("amount-{place}")).to_owned(),
                currencies: crate::currency::choices(currency),
                currency_error: errors.of(&format!("currency-{place}")).to_owned(),
            }
        })
        .collect();
    let title = if old.is_some() {
        "Edit group"
    } else {
        "New group"
    };
    Ok(FormPage {
        shell: admin.shell(work, title, AdminItem::Groups).await?,
        action: old.map_or_else(|| format!("{PATH}/new"), |id| format!("{PATH}/{id}/edit")),
        cancel: old.map_or_else(|| PATH.to_owned(), |id| format!("{PATH}/{id}")),
        submit: if old.is_some() { "Save" } else { "Make group" },
        frequencies: Choice::list(none.chain(frequencies), &typed.payout_frequency),
        methods: payout_methods(&typed.payout_method, "As the business"),
        weekdays: Choice::list(
            std::iter::once(("", "As the business")).chain(WEEKDAYS.iter().copied()),
            &typed.weekday,
        ),
        allowed: method_boxes(&typed.allowed),
        minimums,
        typed,
        errors,
    })
}

async fn new(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    html::page(&form_page(&admin, &mut work, None, Typed::default(), FormErrors::new()).await?)
}

async fn create(admin: Admin, PostForm(typed): PostForm<Typed>) -> Result<Response, PageError> {
    let mut errors = FormErrors::new();
    let payout_frequency = typed.frequency(&mut errors);
    let (places, minimum_payout) = typed.minimums(&mut errors);
    let input = GroupIn {
        name: typed.name.clone(),
        region: optional(&typed.region),
        note: typed.note.clone(),
        payout_frequency,
        payout_method: optional(&typed.payout_method),
        minimum_payout,
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let mut made = affiliate_group::create(&mut work, input).await;
    if let Ok((group, _)) = &made {
        let set = payout_rule::set_group(&mut work, group.id, typed.rule()).await;
        if let Err(error) = set {
            made = Err(error);
        }
    }
    match made {
        Ok((group, _)) if errors.is_empty() => {
            work.commit().await?;
            Ok(flash::redirect(
                &format!("{PATH}/{}", group.id),
                format!("The group {} was made.", group.name),
            ))
        }
        Ok(_) => {
            drop(work);
            again(&admin, None, typed, errors).await
        }
        Err(error) => {
            drop(work);
            errors.merge(placed(error, &places)?);
            again(&admin, None, typed, errors).await
        }
    }
}

async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let minimums = affiliate_group::minimums(&mut work, Some(id)).await?;
    let rule = payout_rule::of_group(&mut work, id).await?;
    let typed = Typed::of(&group, &minimums, rule);
    html::page(&form_page(&admin, &mut work, Some(id), typed, FormErrors::new()).await?)
}

async fn save(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut errors = FormErrors::new();
    let payout_frequency = typed.frequency(&mut errors);
    let (places, minimum_payout) = typed.minimums(&mut errors);
    let patch = GroupPatch {
        name: Some(typed.name.clone()),
        region: Some(optional(&typed.region)),
        note: Some(typed.note.clone()),
        payout_frequency: Some(payout_frequency),
        payout_method: Some(optional(&typed.payout_method)),
        minimum_payout: Some(minimum_payout),
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let mut saved = affiliate_group::patch(&mut work, id, patch).await;
    if saved.is_ok() {
        let set = payout_rule::set_group(&mut work, id, typed.rule()).await;
        if let Err(error) = set {
            saved = Err(error);
        }
    }
    match saved {
        Ok((group, _)) if errors.is_empty() => {
            work.commit().await?;
            Ok(flash::redirect(
                &format!("{PATH}/{id}"),
                format!("The group {} was saved.", group.name),
            ))
        }
        Ok(_) => {
            drop(work);
            again(&admin, Some(id), typed, errors).await
        }
        Err(error) => {
            drop(work);
            errors.merge(placed(error, &places)?);
            again(&admin, Some(id), typed, errors).await
        }
    }
}

/// The form again, with what was typed: 422. Nothing of the act was kept.
async fn again(
    admin: &Admin,
    old: Option<GroupId>,
    typed: Typed,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    html::refused(&form_page(admin, &mut work, old, typed, errors).await?)
}
