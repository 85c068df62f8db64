//! The form to make and edit an affiliate group.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::GroupId;
use domain::money::{Currency, decimal, parse_decimal};
use domain::status::{PayoutFrequency, PayoutMethodKind};
use serde::Deserialize;
use service::programme::affiliate_group::{self, Group, GroupIn, GroupPatch, Minimum, MinimumIn};
use service::programme::payout_rule::{self, GroupRuleIn};
use service::{ServiceError, Work};

use super::{PATH, frequency_label};
use crate::admin::affiliate::read_id;
use crate::admin::session::Admin;
use crate::admin::settings::payouts::{WEEKDAYS, method_boxes};
use crate::error::PageError;
use crate::form::{self, FormErrors, PostForm};
use crate::shown::payout::payout_methods;
use crate::ui::{AdminItem, AdminShell, Choice};
use crate::{flash, html};

/// Empty lines for minimum payouts behind those there are.
const SPARE_LINES: usize = 2;

/// What was typed; amounts are texts until their currency is known.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Typed {
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

pub(super) async fn new(admin: Admin) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    html::page(&form_page(&admin, &mut work, None, Typed::default(), FormErrors::new()).await?)
}

pub(super) async fn create(
    admin: Admin,
    PostForm(typed): PostForm<Typed>,
) -> Result<Response, PageError> {
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

pub(super) async fn edit(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: GroupId = read_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let group = affiliate_group::get(&mut work, id).await?;
    let minimums = affiliate_group::minimums(&mut work, Some(id)).await?;
    let rule = payout_rule::of_group(&mut work, id).await?;
    let typed = Typed::of(&group, &minimums, rule);
    html::page(&form_page(&admin, &mut work, Some(id), typed, FormErrors::new()).await?)
}

pub(super) async fn save(
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
