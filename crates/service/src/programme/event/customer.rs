//! The customer of an event: found by external id, made when unknown, linked to its visitors.

use domain::attribution::UnknownHint;
use domain::id::{ClickId, VisitorId};
use store::crm::contact::{self as rows, Contact, Facts, NewContact};
use store::programme::event;

use super::report::{CustomerIn, Hints};
use crate::check::Checks;
use crate::error::Result;
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

/// The customer of an event.
pub(super) struct Customer {
    /// As it stands now.
    pub contact: Contact,
    /// Made by this event: nothing else of the customer is stored yet.
    pub is_new: bool,
}

/// The customer as it was found, or a new one. What is told now and was not known before is added; what was
/// known stays.
pub(super) async fn find_or_make(
    work: &mut Work,
    found: Option<Contact>,
    external_id: &str,
    told: Facts,
) -> Result<Customer> {
    let Some(contact) = found else {
        let new = NewContact {
            id: work.new_id(),
            external_id: Some(external_id.to_owned()),
            facts: told,
            created_at_ms: work.now,
        };
        rows::insert(&mut work.tx, &new).await?;
        return Ok(Customer {
            contact: new.into(),
            is_new: true,
        });
    };
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
    Ok(Customer {
        contact: Contact {
            name,
            email,
            phone,
            country,
            ..contact
        },
        is_new: false,
    })
}

/// The visitors known to be a customer, as far as the hints tell.
pub(super) struct Visitors {
    /// Whether there may be any.
    pub any: bool,
    /// The hints that nobody knows.
    pub unknown: Vec<UnknownHint>,
}

/// Links the visitors that the hints name to the customer.
pub(super) async fn link_visitors(
    work: &mut Work,
    customer: &Customer,
    hints: &Hints,
) -> Result<Visitors> {
    let contact = customer.contact.id;
    let mut unknown = Vec::new();
    let mut clicked = None;
    if let Some(text) = &hints.click_id {
        clicked = match text.parse::<ClickId>() {
            Ok(id) => event::visitor_of_click(&mut work.tx, id).await?,
            Err(_) => None,
        };
        match clicked {
            Some(visitor) => rows::add_visitor(&mut work.tx, contact, visitor, work.now).await?,
            None => unknown.push(UnknownHint::Click(text.clone())),
        }
    }
    let mut named = None;
    if let Some(text) = &hints.visitor_id {
        named = text.parse::<VisitorId>().ok();
        // Mostly both hints name one visitor, who has been linked then.
        if let Some(visitor) = named.filter(|visitor| clicked != Some(*visitor)) {
            if event::knows_visitor(&mut work.tx, visitor).await? {
                rows::add_visitor(&mut work.tx, contact, visitor, work.now).await?;
            } else {
                named = None;
            }
        }
        if named.is_none() {
            unknown.push(UnknownHint::Visitor(text.clone()));
        }
    }
    Ok(Visitors {
        any: !customer.is_new || clicked.is_some() || named.is_some(),
        unknown,
    })
}
