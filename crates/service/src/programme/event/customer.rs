//! The customer of an event: found by external id, made when unknown, linked to its visitors.

use domain::attribution::UnknownHint;
use domain::id::{ClickId, VisitorId};
use store::crm::contact::{self as rows, Contact, Facts, NewContact};
use store::programme::event;

use super::report::{CustomerIn, Hints};
use crate::check::Checks;
use crate::error::{Result, ServiceError};
use crate::work::Work;

/// The longest external id, in characters.
pub(super) const EXTERNAL_ID_MAX: usize = 200;

/// Checks the customer's fields; names them under `customer.`.
pub(super) fn check(checks: &mut Checks, input: &CustomerIn) -> (String, Facts) {
    let CustomerIn {
        external_id,
        name,
        email,
        phone,
        country,
    } = input;
    let external_id = checks.text("customer.external_id", external_id, 1..=EXTERNAL_ID_MAX);
    let name = checks
        .optional_text("customer.name", name.as_deref(), 200)
        .unwrap_or_default();
    let email = email
        .as_deref()
        .filter(|e| !e.trim().is_empty())
        .map(|e| checks.email("customer.email", e));
    let phone = checks.optional_text("customer.phone", phone.as_deref(), 50);
    let country = checks
        .optional_text("customer.country", country.as_deref(), 2)
        .map(|c| c.to_ascii_uppercase());
    if country
        .as_ref()
        .is_some_and(|c| c.len() != 2 || !c.bytes().all(|b| b.is_ascii_uppercase()))
    {
        checks.fail(
            "customer.country",
            "must be two letters (ISO 3166), such as DE",
        );
    }
    (
        external_id,
        Facts {
            name,
            email,
            phone,
            country,
        },
    )
}

/// Finds the customer, or makes it. What is told now and was not known before is added; what was
/// known stays.
pub(super) async fn find_or_make(
    work: &mut Work,
    external_id: &str,
    told: Facts,
) -> Result<Contact> {
    if let Some(contact) = rows::find_by_external_id(&mut work.tx, external_id).await? {
        let known = Facts {
            name: contact.name.clone(),
            email: contact.email.clone(),
            phone: contact.phone.clone(),
            country: contact.country.clone(),
        };
        let merged = Facts {
            name: if known.name.is_empty() {
                told.name
            } else {
                known.name.clone()
            },
            email: known.email.clone().or(told.email),
            phone: known.phone.clone().or(told.phone),
            country: known.country.clone().or(told.country),
        };
        if (&merged.name, &merged.email, &merged.phone, &merged.country)
            != (&known.name, &known.email, &known.phone, &known.country)
        {
            rows::set_facts(&mut work.tx, &contact, &merged).await?;
        }
        let Facts {
            name,
            email,
            phone,
            country,
        } = merged;
        return Ok(Contact {
            name,
            email,
            phone,
            country,
            ..contact
        });
    }
    let new = NewContact {
        id: work.new_id(),
        external_id: Some(external_id.to_owned()),
        facts: told,
        created_at_ms: work.now,
    };
    rows::insert(&mut work.tx, &new).await?;
    rows::find(&mut work.tx, new.id)
        .await?
        .ok_or_else(|| ServiceError::Internal("a contact vanished".to_owned()))
}

/// Links the visitors that the hints name to the customer; answers with the hints nobody knows.
pub(super) async fn link_visitors(
    work: &mut Work,
    contact: &Contact,
    hints: &Hints,
) -> Result<Vec<UnknownHint>> {
    let mut unknown = Vec::new();
    if let Some(text) = &hints.click_id {
        let visitor = match text.parse::<ClickId>() {
            Ok(id) => event::visitor_of_click(&mut work.tx, id).await?,
            Err(_) => None,
        };
        match visitor {
            Some(visitor) => rows::add_visitor(&mut work.tx, contact.id, visitor, work.now).await?,
            None => unknown.push(UnknownHint::Click(text.clone())),
        }
    }
    if let Some(text) = &hints.visitor_id {
        match text.parse::<VisitorId>() {
            Ok(visitor) if event::knows_visitor(&mut work.tx, visitor).await? => {
                rows::add_visitor(&mut work.tx, contact.id, visitor, work.now).await?;
            }
            _ => unknown.push(UnknownHint::Visitor(text.clone())),
        }
    }
    Ok(unknown)
}
