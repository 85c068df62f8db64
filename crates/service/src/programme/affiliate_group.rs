//! Groups: affiliates who share terms and payout rules.

use domain::id::GroupId;
use domain::money::Currency;
use domain::status::{PayoutFrequency, Scope};
use store::db::StoreError;
use store::list::Window;
use store::programme::affiliate_group as rows;

pub use store::programme::affiliate_group::{Group, Minimum, NEWEST, ORDERS, Segment};

use crate::check::Checks;
use crate::error::{Result, ServiceError, conflict, invalid, not_found};
use crate::identity::audit;
use crate::work::Work;

/// The highest minimum payout, in minor units: anything above is a mistake.
const MINIMUM_AMOUNT_MAX: i64 = 1_000_000_000_000_000;
/// Currencies a group may have a minimum payout in.
const MINIMUMS_MAX: usize = 20;
/// Countries and traffic sources that are told, those of most affiliates first.
const SEGMENTS_MAX: i64 = 100;

/// By what affiliates are put into groups, beside their figures.
#[derive(Debug, Clone, Default)]
pub struct Segments {
    /// Countries, two letters.
    pub countries: Vec<Segment>,
    /// Traffic sources, as they are written.
    pub traffic_sources: Vec<Segment>,
}

/// The least a payout may be, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinimumIn {
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
}

/// A new group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupIn {
    /// 1 to 80 characters, unique in the business, however it is written.
    pub name: String,
    pub region: Option<String>,
    pub note: String,
    pub payout_frequency: Option<PayoutFrequency>,
    pub payout_method: Option<String>,
    /// One entry a currency.
    pub minimum_payout: Vec<MinimumIn>,
}

/// A change of a group: what is none stays as it is; an inner none clears the field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GroupPatch {
    pub name: Option<String>,
    pub region: Option<Option<String>>,
    pub note: Option<String>,
    pub payout_frequency: Option<Option<PayoutFrequency>>,
    pub payout_method: Option<Option<String>>,
    /// Replaces all of them.
    pub minimum_payout: Option<Vec<MinimumIn>>,
}

/// The group.
///
/// # Errors
/// Not found; forbidden without `read`.
pub async fn get(work: &mut Work, id: GroupId) -> Result<Group> {
    work.require(Scope::Read)?;
    load(work, id).await
}

async fn load(work: &mut Work, id: GroupId) -> Result<Group> {
    rows::find(&mut work.tx, id)
        .await?
        .ok_or(not_found("group"))
}

/// A part of the list; `search` is part of the name, `window.order` of [`ORDERS`].
///
/// # Errors
/// Forbidden without `read`.
pub async fn list(work: &mut Work, search: Option<&str>, window: Window) -> Result<Vec<Group>> {
    work.require(Scope::Read)?;
    Ok(rows::list(&mut work.tx, search, window).await?)
}

/// Every group by name, for selects.
///
/// # Errors
/// Forbidden without `read`.
pub async fn all(work: &mut Work) -> Result<Vec<Group>> {
    list(work, None, Window::all(ORDERS[0].1)).await
}

/// The countries and traffic sources that affiliates have.
///
/// # Errors
/// Forbidden without `read`.
pub async fn segments(work: &mut Work) -> Result<Segments> {
    work.require(Scope::Read)?;
    Ok(Segments {
        countries: rows::countries(&mut work.tx, SEGMENTS_MAX).await?,
        traffic_sources: rows::traffic_sources(&mut work.tx, SEGMENTS_MAX).await?,
    })
}

/// How many match.
///
/// # Errors
/// Forbidden without `read`.
pub async fn count(work: &mut Work, search: Option<&str>) -> Result<i64> {
    work.require(Scope::Read)?;
    Ok(rows::count(&mut work.tx, search).await?)
}

/// The minimum payouts of one group or of all, by group and currency.
///
/// # Errors
/// Forbidden without `read`.
pub async fn minimums(work: &mut Work, group: Option<GroupId>) -> Result<Vec<Minimum>> {
    work.require(Scope::Read)?;
    Ok(rows::minimums(&mut work.tx, group).await?)
}

/// Adds a group; answers with it and its minimum payouts.
///
/// # Errors
/// Forbidden without `manage`; invalid by field, also when the name is taken.
pub async fn create(work: &mut Work, input: GroupIn) -> Result<(Group, Vec<Minimum>)> {
    work.require(Scope::Manage)?;
    let GroupIn {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    } = input;
    let (details, minimums) = checked(
        work,
        None,
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        Some(minimum_payout),
    )
    .await?;
    let id: GroupId = work.new_id();
    let detail = details.name.clone();
    if !rows::insert(&mut work.tx, id, details, work.now).await? {
        return Err(name_taken());
    }
    rows::set_minimums(&mut work.tx, id, &minimums.unwrap_or_default()).await?;
    audit::record(work, "group.create", "group", &id.to_string(), &detail).await?;
    work.changed(None);
    Ok((
        load(work, id).await?,
        rows::minimums(&mut work.tx, Some(id)).await?,
    ))
}

/// Changes a group; answers with it and its minimum payouts.
///
/// # Errors
/// Forbidden without `manage`; not found; invalid by field.
pub async fn patch(
    work: &mut Work,
    id: GroupId,
    patch: GroupPatch,
) -> Result<(Group, Vec<Minimum>)> {
    work.require(Scope::Manage)?;
    let old = load(work, id).await?;
    let GroupPatch {
        name,
        region,
        note,
        payout_frequency,
        payout_method,
        minimum_payout,
    } = patch;
    let (details, minimums) = checked(
        work,
        Some(id),
        name.unwrap_or(old.name),
        region.unwrap_or(old.region),
        note.unwrap_or(old.note),
        payout_frequency.unwrap_or(old.payout_frequency),
        payout_method.unwrap_or(old.payout_method),
        minimum_payout,
    )
    .await?;
    let detail = details.name.clone();
    rows::update(&mut work.tx, id, details)
        .await
        .map_err(|error| match error {
            StoreError::Unique(_) => name_taken(),
            other => other.into(),
        })?;
    if let Some(minimums) = minimums {
        rows::set_minimums(&mut work.tx, id, &minimums).await?;
    }
    audit::record(work, "group.update", "group", &id.to_string(), &detail).await?;
    work.changed(None);
    Ok((
        load(work, id).await?,
        rows::minimums(&mut work.tx, Some(id)).await?,
    ))
}

/// Removes a group that has no members and was never named by a rule.
///
/// # Errors
/// Forbidden without `manage`; not found; conflict while something refers to it.
pub async fn delete(work: &mut Work, id: GroupId) -> Result<()> {
    work.require(Scope::Manage)?;
    let group = load(work, id).await?;
    if group.members > 0 {
        return Err(conflict(
            "the group still has members; put them into another one first",
        ));
    }
    if rows::rule_versions(&mut work.tx, id).await? > 0 {
        return Err(conflict(
            "rules are made for this group; it stays, because commissions refer to them",
        ));
    }
    rows::set_minimums(&mut work.tx, id, &[]).await?;
    rows::delete(&mut work.tx, id)
        .await
        .map_err(|error| match error {
            StoreError::ForeignKey(_) => conflict("the group is in use again; look at it anew"),
            other => other.into(),
        })?;
    audit::record(work, "group.delete", "group", &id.to_string(), &group.name).await?;
    work.changed(None);
    Ok(())
}

fn name_taken() -> ServiceError {
    invalid("name", "another group has this name")
}

type Minimums = Vec<(Currency, i64)>;

/// Checks everything at once. `old` is the group that is changed.
async fn checked(
    work: &mut Work,
    old: Option<GroupId>,
    name: String,
    region: Option<String>,
    note: String,
    payout_frequency: Option<PayoutFrequency>,
    payout_method: Option<String>,
    minimum_payout: Option<Vec<MinimumIn>>,
) -> Result<(rows::Details, Option<Minimums>)> {
    let mut checks = Checks::new();
    checks.that(
        !name.trim().contains(['\n', '\r', '\t']),
        "name",
        "must be one line",
    );
    let details = rows::Details {
        name: checks.text("name", &name, 1..=80),
        region: checks.optional_text("region", region.as_deref(), 80),
        note: checks.text("note", &note, 0..=5000),
        payout_frequency,
        payout_method: checks.optional_text("payout_method", payout_method.as_deref(), 40),
    };
    let minimums = minimum_payout.map(|given| check_minimums(&mut checks, given));
    if let Some(other) = rows::find_by_name(&mut work.tx, &details.name).await?
        && old != Some(other)
    {
        checks.fail("name", "another group has this name");
    }
    checks.done()?;
    Ok((details, minimums))
}

fn check_minimums(checks: &mut Checks, given: Vec<MinimumIn>) -> Minimums {
    checks.that(
        given.len() <= MINIMUMS_MAX,
        "minimum_payout",
        "has more than 20 currencies",
    );
    let mut kept: Minimums = Vec::new();
    for (index, MinimumIn { amount, currency }) in given.into_iter().take(MINIMUMS_MAX).enumerate()
    {
        let field = |part: &str| format!("minimum_payout[{index}].{part}");
        checks.that(amount >= 0, &field("amount"), "must not be below zero");
        checks.that(
            amount <= MINIMUM_AMOUNT_MAX,
            &field("amount"),
            "must be at most 1000000000000000",
        );
        match currency.parse::<Currency>() {
            Err(error) => checks.fail(&field("currency"), error.to_string()),
            Ok(currency) if kept.iter().any(|(known, _)| *known == currency) => {
                checks.fail(&field("currency"), "has a minimum already; one a currency");
            }
            Ok(currency) => kept.push((currency, amount)),
        }
    }
    kept
}
