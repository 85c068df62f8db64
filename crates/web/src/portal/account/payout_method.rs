//! Where the affiliate's money goes: what is set, masked, and changing it.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use domain::id::AffiliateId;
use domain::status::PayoutMethodKind;
use serde::Deserialize;
use service::App;
use service::portal::account::Affiliate;
use service::programme::payout_method::{self, PayoutMethodIn};

use super::{Me, Tab};
use crate::error::PageError;
use crate::form::{FormErrors, PostForm, refused};
use crate::language::t;
use crate::moment::Moment;
use crate::shown::payout::payout_method_label;
use crate::ui::PortalShell;
use crate::{flash, html};

/// The page's name in addresses.
pub(super) const PAGE: &str = "payout-method";

pub(super) fn routes() -> Router<App> {
    Router::new()
        .route("/portal/{slug}/account/payout-method", get(show))
        .route(
            "/portal/{slug}/account/payout-method/change",
            get(form).post(save),
        )
}

#[derive(Template)]
#[template(path = "portal/account/payout_method.html")]
struct MethodPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    current: Option<MethodRow>,
    /// Methods before it.
    earlier: Vec<MethodRow>,
    /// Until when payouts wait; empty: they do not.
    held_until: String,
    hold_days: i64,
    change_href: String,
    may_change: bool,
}

/// A method as it was set.
struct MethodRow {
    label: String,
    masked: String,
    set: Moment,
}

/// The affiliate the person is; other accounts have no such page.
fn affiliate(me: &Me) -> Result<&Affiliate, PageError> {
    me.who.affiliate.as_ref().ok_or_else(PageError::not_found)
}

async fn show(me: Me) -> Result<Response, PageError> {
    let own = affiliate(&me)?;
    let (id, status): (AffiliateId, _) = (own.id, own.status);
    let zone = &me.person.zone;
    let mut work = me.person.app.view(&me.person.actor).await?;
    let held = payout_method::held_until(&mut work, id).await?;
    let hold_days = payout_method::hold_days(&mut work).await?;
    let mut rows = payout_method::list(&mut work, id)
        .await?
        .into_iter()
        .map(|method| MethodRow {
            label: payout_method_label(method.kind.as_str()),
            masked: method.masked,
            set: Moment::new(method.created_at_ms, zone),
        });
    let current = rows.next();
    let earlier = rows.collect();
    html::page(&MethodPage {
        shell: me.shell(&mut work, t("account-payout-method")).await?,
        tabs: me.tabs(PAGE),
        current,
        earlier,
        held_until: held.map_or_else(String::new, |until| Moment::new(until, zone).full),
        hold_days,
        change_href: me.path("payout-method/change"),
        may_change: payout_method::may_set(status),
    })
}

#[derive(Template)]
#[template(path = "portal/account/payout_method_form.html")]
struct FormPage {
    shell: PortalShell,
    tabs: Vec<Tab>,
    action: String,
    back: String,
    kinds: Vec<KindTab>,
    kind: PayoutMethodKind,
    typed: MethodForm,
    hold_days: i64,
    errors: FormErrors,
}

/// A way of being paid to choose from.
struct KindTab {
    label: String,
    hint: &'static str,
    icon: &'static str,
    href: String,
    current: bool,
}

fn hint(kind: PayoutMethodKind) -> (&'static str, &'static str) {
    match kind {
        PayoutMethodKind::BankTransfer => (t("payout-method-kind-bank"), "building-2"),
        PayoutMethodKind::PayPal => (t("payout-method-kind-paypal"), "wallet"),
        PayoutMethodKind::Wise => (t("payout-method-kind-wise"), "globe"),
        PayoutMethodKind::Stripe => (t("payout-method-kind-stripe"), "credit-card"),
        PayoutMethodKind::Other => (t("payout-method-kind-other"), "message-square"),
    }
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MethodForm {
    kind: String,
    email: String,
    iban: String,
    bic: String,
    holder: String,
    account: String,
    text: String,
    legal_name: String,
    vat_id: String,
}

async fn page(me: &Me, typed: MethodForm, errors: FormErrors) -> Result<FormPage, PageError> {
    let mut work = me.person.app.view(&me.person.actor).await?;
    let allowed = payout_method::allowed(&mut work, affiliate(me)?.id).await?;
    let first = allowed
        .first()
        .copied()
        .unwrap_or(PayoutMethodKind::BankTransfer);
    let kind = typed.kind.parse().unwrap_or(first);
    Ok(FormPage {
        shell: me.shell(&mut work, t("account-payout-method")).await?,
        tabs: me.tabs(PAGE),
        action: me.path("payout-method/change"),
        back: me.path(PAGE),
        kinds: allowed
            .iter()
            .map(|choice| {
                let (hint, icon) = hint(*choice);
                KindTab {
                    label: payout_method_label(choice.as_str()),
                    hint,
                    icon,
                    href: format!("{}?kind={choice}", me.path("payout-method/change")),
                    current: *choice == kind,
                }
            })
            .collect(),
        kind,
        typed,
        hold_days: payout_method::hold_days(&mut work).await?,
        errors,
    })
}

#[derive(Debug, Default, Deserialize)]
struct Chosen {
    #[serde(default)]
    kind: String,
}

async fn form(me: Me, Query(Chosen { kind }): Query<Chosen>) -> Result<Response, PageError> {
    affiliate(&me)?;
    me.require_proof("payout-method/change")?;
    let typed = MethodForm {
        kind,
        ..MethodForm::default()
    };
    html::page(&page(&me, typed, FormErrors::new()).await?)
}

async fn save(me: Me, PostForm(form): PostForm<MethodForm>) -> Result<Response, PageError> {
    affiliate(&me)?;
    me.require_proof("payout-method/change")?;
    let MethodForm {
        kind,
        email,
        iban,
        bic,
        holder,
        account,
        text,
        legal_name,
        vat_id,
    } = form.clone();
    let Ok(kind) = kind.parse() else {
        return Err(PageError::bad_request(t("payout-method-choose")));
    };
    let input = PayoutMethodIn {
        kind,
        email,
        iban,
        bic,
        holder,
        account,
        text,
        legal_name,
        vat_id,
    };
    let mut work = me.person.app.begin(&me.person.actor).await?;
    match payout_method::set(&mut work, input).await {
        Ok(()) => {
            work.commit().await?;
            Ok(flash::redirect(&me.path(PAGE), t("payout-method-saved")))
        }
        Err(error) => {
            drop(work);
            html::refused(&page(&me, form, refused(error)?).await?)
        }
    }
}
