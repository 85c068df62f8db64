//! What staff do with one commission.

use axum::extract::{Path, Query};
use axum::response::Response;
use domain::money::{Currency, decimal, display};
use service::identity::business;
use service::programme::{commission, payout};
use service::store::programme::commission::Commission;
use service::{ServiceError, Work};

use super::PATH;
use super::record::read_id;
use crate::admin::act::{self, ActIn, ActPage, Fields, Plain};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{FormErrors, PostForm};
use crate::shown::commission::left;
use crate::shown::money;
use crate::ui::{AdminItem, Choice};
use crate::{currency, flash, form};

fn href(commission: &Commission) -> String {
    format!("{PATH}/{}", commission.id)
}

fn subject(commission: &Commission) -> String {
    format!(
        "{} · {}",
        commission.affiliate_name,
        display(left(commission), commission.currency)
    )
}

pub(super) async fn approve(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Plain { back }): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = act::back_to(&back, &format!("{PATH}/{id}"));
    let mut work = admin.app.begin(&admin.actor).await?;
    match commission::approve(&mut work, read_id(&id)?, false, None).await {
        Ok(commission) => {
            work.commit().await?;
            Ok(act::with_undo(
                &to,
                format!(
                    "{} approved.",
                    display(left(&commission), commission.currency)
                ),
                &format!("{PATH}/{id}"),
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

pub(super) async fn undo(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Plain { back }): PostForm<Plain>,
) -> Result<Response, PageError> {
    let to = act::back_to(&back, &format!("{PATH}/{id}"));
    let mut work = admin.app.begin(&admin.actor).await?;
    match commission::undo(&mut work, read_id(&id)?).await {
        Ok(_) => {
            work.commit().await?;
            Ok(flash::redirect(
                &to,
                "Undone: the commission is pending again.",
            ))
        }
        Err(error) => Ok(flash::redirect_with_error(&to, money::refusal(error)?)),
    }
}

/// The acts with a form.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Release,
    Reject,
    Adjust,
    Pay,
}

async fn form_page(
    admin: &Admin,
    work: &mut Work,
    commission: &Commission,
    kind: Kind,
    typed: ActIn,
    errors: FormErrors,
) -> Result<Response, PageError> {
    let shown = display(left(commission), commission.currency);
    let (title, text, path, submit) = match kind {
        Kind::Release => (
            "Release the hold",
            "It is approved now, before its hold has passed. A refund that comes later is taken back, or carried into the next payout.".to_owned(),
            "release",
            format!("Approve {shown} now"),
        ),
        Kind::Reject => ("Reject the commission", "The affiliate does not get it. You can undo this.".to_owned(), "reject", format!("Reject {shown}")),
        Kind::Adjust => (
            "Adjust the commission",
            "What was earned stays as it is; the adjustment stands beside it, with your note and name.".to_owned(),
            "adjust",
            "Adjust".to_owned(),
        ),
        Kind::Pay => (
            "Mark the commission paid",
            "This makes a payout of this one commission and marks it paid. Tributary moves no money: pay it first. What was taken back earlier is carried with it.".to_owned(),
            "pay",
            "Mark paid".to_owned(),
        ),
    };
    let back = href(commission);
    let cancel = act::back_to(&typed.back, &back);
    let shell = admin.shell(work, title, AdminItem::Commissions).await?;
    let mut page = ActPage::new(
        shell,
        subject(commission),
        text,
        format!("{back}/{path}"),
        submit,
        cancel,
    );
    page.fields = Fields {
        reason: kind == Kind::Reject,
        note: kind != Kind::Reject,
        note_required: matches!(kind, Kind::Release | Kind::Adjust),
        amount: kind == Kind::Adjust,
        payment: kind == Kind::Pay,
        ..Fields::default()
    };
    page.danger = kind == Kind::Reject;
    page.amount_label = "Change by";
    page.amount_hint = format!(
        "More, or less with a minus: −{}. It is {shown} now.",
        decimal(500, commission.currency)
    );
    page.amount_suffix = commission.currency.to_string();
    page.errors = errors;
    page.typed = typed;
    if kind == Kind::Pay {
        let zone = business::zone_of(&admin.business)?;
        let today = work.now.day_in(&zone).to_string();
        let clawback = clawback_of(work, commission).await?;
        let net = left(commission)
            .saturating_add(commission.clawed_back)
            .saturating_add(clawback);
        page.subject = format!(
            "{} · {}",
            commission.affiliate_name,
            display(net, commission.currency)
        );
        if clawback != 0 {
            let carried = display(clawback, commission.currency);
            page.text = format!(
                "{} Here {shown} less {carried} from earlier refunds.",
                page.text
            );
        }
        page.submit = format!("Mark {} paid", display(net, commission.currency));
        page.methods = act::methods(&page.typed.method);
        if page.typed.paid_on.is_empty() {
            page.typed.paid_on.clone_from(&today);
        }
        page.typed.expected = Some(net);
        page.today = today;
    }
    page.answer()
}

/// What is carried from earlier refunds: zero or below.
async fn clawback_of(work: &mut Work, commission: &Commission) -> Result<i64, PageError> {
    let balances = service::programme::ledger::balances(work, commission.affiliate_id).await?;
    Ok(balances
        .into_iter()
        .find(|(currency, _)| *currency == commission.currency)
        .map_or(0, |(_, balance)| balance.clawback))
}

async fn open(admin: Admin, id: &str, kind: Kind, typed: ActIn) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let commission = commission::get(&mut work, read_id(id)?).await?;
    form_page(
        &admin,
        &mut work,
        &commission,
        kind,
        typed,
        FormErrors::new(),
    )
    .await
}

/// The form again with what is wrong, or, when the state forbids it, the record with the reason.
async fn again(
    admin: &Admin,
    id: &str,
    kind: Kind,
    typed: ActIn,
    error: ServiceError,
    mut errors: FormErrors,
) -> Result<Response, PageError> {
    if let ServiceError::Conflict(_) = &error {
        return Ok(flash::redirect_with_error(
            &format!("{PATH}/{id}"),
            money::refusal(error)?,
        ));
    }
    errors.merge(form::refused(error)?);
    let mut work = admin.app.view(&admin.actor).await?;
    let commission = commission::get(&mut work, read_id(id)?).await?;
    form_page(admin, &mut work, &commission, kind, typed, errors).await
}

fn nothing_wrong() -> ServiceError {
    ServiceError::Invalid(Vec::new())
}

pub(super) async fn release_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    open(admin, &id, Kind::Release, typed).await
}

pub(super) async fn release(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match commission::approve(&mut work, read_id(&id)?, true, Some(&typed.note)).await {
        Ok(commission) => {
            work.commit().await?;
            let text = format!(
                "{} approved before its hold passed.",
                display(left(&commission), commission.currency)
            );
            Ok(act::with_undo(
                &act::back_to(&typed.back, &format!("{PATH}/{id}")),
                text,
                &format!("{PATH}/{id}"),
            ))
        }
        Err(error) => {
            drop(work);
            again(&admin, &id, Kind::Release, typed, error, FormErrors::new()).await
        }
    }
}

pub(super) async fn reject_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    open(admin, &id, Kind::Reject, typed).await
}

pub(super) async fn reject(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    match commission::reject(&mut work, read_id(&id)?, &typed.reason).await {
        Ok(commission) => {
            work.commit().await?;
            let text = format!(
                "{} rejected.",
                display(left(&commission), commission.currency)
            );
            Ok(act::with_undo(
                &act::back_to(&typed.back, &format!("{PATH}/{id}")),
                text,
                &format!("{PATH}/{id}"),
            ))
        }
        Err(error) => {
            drop(work);
            again(&admin, &id, Kind::Reject, typed, error, FormErrors::new()).await
        }
    }
}

pub(super) async fn adjust_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    open(admin, &id, Kind::Adjust, typed).await
}

pub(super) async fn adjust(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let before = commission::get(&mut work, read_id(&id)?).await?;
    let mut errors = FormErrors::new();
    let delta = act::typed_amount(&typed, before.currency, &mut errors);
    match commission::adjust(&mut work, before.id, delta, &typed.note).await {
        Ok(after) if errors.is_empty() => {
            work.commit().await?;
            let text = format!(
                "Adjusted: {} is now {}.",
                display(left(&before), before.currency),
                display(left(&after), after.currency)
            );
            Ok(flash::redirect(
                &act::back_to(&typed.back, &href(&after)),
                text,
            ))
        }
        other => {
            drop(work);
            let error = other.err().unwrap_or_else(nothing_wrong);
            again(&admin, &id, Kind::Adjust, typed, error, errors).await
        }
    }
}

pub(super) async fn pay_form(
    admin: Admin,
    Path(id): Path<String>,
    Query(typed): Query<ActIn>,
) -> Result<Response, PageError> {
    admin.require_proof(&format!("{PATH}/{}/pay", read_id(&id)?))?;
    open(admin, &id, Kind::Pay, typed).await
}

pub(super) async fn pay(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    admin.require_proof(&format!("{PATH}/{}/pay", read_id(&id)?))?;
    let zone = business::zone_of(&admin.business)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let mut errors = FormErrors::new();
    let input = act::payment(&typed, &zone, work.now, &mut errors);
    if !errors.is_empty() {
        drop(work);
        return again(&admin, &id, Kind::Pay, typed, nothing_wrong(), errors).await;
    }
    match payout::pay_commission(&mut work, read_id(&id)?, input).await {
        Ok(payout)
            if typed
                .expected
                .is_none_or(|expected| expected == payout.amount) =>
        {
            work.commit().await?;
            let text = format!(
                "{} marked paid with PO-{}.",
                display(payout.amount, payout.currency),
                payout.number
            );
            Ok(flash::redirect(
                &act::back_to(&typed.back, &format!("{PATH}/{id}")),
                text,
            ))
        }
        Ok(_) => {
            drop(work);
            errors.add("expected", "The amount has changed since this page was opened. Nothing was marked paid; this is what it is now.");
            again(&admin, &id, Kind::Pay, typed, nothing_wrong(), errors).await
        }
        Err(error) => {
            drop(work);
            again(&admin, &id, Kind::Pay, typed, error, errors).await
        }
    }
}

async fn new_page(admin: &Admin, typed: ActIn, errors: FormErrors) -> Result<Response, PageError> {
    let mut work = admin.app.view(&admin.actor).await?;
    let affiliates = money::affiliate_choices(&mut work, typed.affiliate.parse().ok()).await?;
    let shell = admin
        .shell(&mut work, "Bonus or correction", AdminItem::Commissions)
        .await?;
    let text = "An amount that no event made: a bonus, or with a minus a correction. It is approved at once and goes into the next payout.";
    let cancel = act::back_to(&typed.back, PATH);
    let mut page = ActPage::new(
        shell,
        String::new(),
        text.to_owned(),
        format!("{PATH}/new"),
        "Add".to_owned(),
        cancel,
    );
    page.fields = Fields {
        affiliate: true,
        amount: true,
        currency: true,
        note: true,
        note_required: true,
        ..Fields::default()
    };
    page.amount_hint = "With a minus to take off.".to_owned();
    let chosen = if typed.currency.is_empty() {
        admin.business.currency.to_string()
    } else {
        typed.currency.clone()
    };
    page.currencies = currency::choices(&chosen);
    page.affiliates = Choice::list(
        std::iter::once((String::new(), "Choose an affiliate".to_owned())).chain(affiliates),
        &typed.affiliate,
    );
    page.typed = typed;
    page.errors = errors;
    page.answer()
}

pub(super) async fn new(admin: Admin, Query(typed): Query<ActIn>) -> Result<Response, PageError> {
    new_page(&admin, typed, FormErrors::new()).await
}

pub(super) async fn create(
    admin: Admin,
    PostForm(typed): PostForm<ActIn>,
) -> Result<Response, PageError> {
    let mut errors = FormErrors::new();
    let affiliate = typed.affiliate.parse();
    if affiliate.is_err() {
        errors.add("affiliate_id", "Choose an affiliate");
    }
    let chosen = typed.currency.parse::<Currency>();
    if let Err(error) = &chosen {
        errors.add("currency", crate::error::sentence(&error.to_string()));
    }
    let currency = chosen.unwrap_or(admin.business.currency);
    let amount = act::typed_amount(&typed, currency, &mut errors);
    if typed.note.trim().is_empty() {
        errors.add("note", "Say what it is for");
    }
    let (Ok(affiliate_id), true) = (affiliate, errors.is_empty()) else {
        return new_page(&admin, typed, errors).await;
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let input = commission::FreeAdjustment {
        affiliate_id,
        amount,
        currency,
        note: typed.note.clone(),
    };
    match commission::adjust_freely(&mut work, input).await {
        Ok(made) => {
            work.commit().await?;
            let text = format!(
                "{} added for {}.",
                display(made.amount, made.currency),
                made.affiliate_name
            );
            Ok(flash::redirect(
                &act::back_to(&typed.back, &href(&made)),
                text,
            ))
        }
        Err(error) => {
            drop(work);
            errors.merge(form::refused(error)?);
            new_page(&admin, typed, errors).await
        }
    }
}
