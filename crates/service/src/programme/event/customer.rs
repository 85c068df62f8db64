//! The customer of an event: found by external id, made when unknown, linked to its visitors.

use domain::attribution::{UnknownHint, Winner};
use domain::id::{ClickId, VisitorId};
use domain::status::ContactStatus;
use domain::time::UnixMs;
use store::crm::contact::{self as rows, Contact, Facts, NewContact};
use store::programme::event::{self, Clicker};

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

/// The customer of an event: found by its external id, or new.
pub(super) struct Customer {
    /// As it is by now, with what the event has told and done so far.
    pub contact: Contact,
    /// As it is stored.
    stored: Option<Contact>,
    /// Made by this event: nothing else of the customer was known before.
    pub is_new: bool,
}

impl Customer {
    /// The customer as it was found, or a new one. What is told now and was not known before is added; what was
    /// known stays.
    pub fn new(work: &Work, found: Option<Contact>, external_id: &str, told: Facts) -> Self {
        let Some(known) = found else {
            let new = NewContact {
                id: work.new_id(),
                external_id: Some(external_id.to_owned()),
                facts: told,
                created_at_ms: work.now,
            };
            return Self {
                contact: new.into(),
                stored: None,
                is_new: true,
            };
        };
        Self {
            stored: Some(known.clone()),
            contact: Contact {
                name: if known.name.is_empty() {
                    told.name
                } else {
                    known.name
                },
                email: known.email.or(told.email),
                phone: known.phone.or(told.phone),
                country: known.country.or(told.country),
                ..known
            },
            is_new: false,
        }
    }

    /// Binds the customer to whom the event is credited to; does nothing when it is bound.
    pub fn bind(&mut self, winner: &Winner, now: UnixMs) {
        if self.contact.affiliate_id.is_some() {
            return;
        }
        self.contact.affiliate_id = Some(winner.affiliate_id);
        self.contact.campaign_id = Some(winner.campaign_id);
        self.contact.partnership_id = Some(winner.partnership_id);
        self.contact.link_id = Some(winner.link_id);
        self.contact.bound_at_ms = Some(now);
    }

    /// Notes a sale that counts; who had left is a customer again.
    pub fn note_sale(&mut self, at: UnixMs) {
        let first = self.contact.first_sale_at_ms;
        self.contact.status = ContactStatus::Customer;
        self.contact.first_sale_at_ms = Some(first.map_or(at, |first| first.min(at)));
        self.contact.cancelled_at_ms = None;
    }

    /// Writes what is not stored yet.
    pub async fn save(&mut self, work: &mut Work) -> Result<()> {
        match &self.stored {
            None => rows::insert(&mut work.tx, &self.contact).await?,
            Some(stored) if *stored != self.contact => {
                rows::update(&mut work.tx, &self.contact).await?;
            }
            Some(_) => return Ok(()),
        }
        self.stored = Some(self.contact.clone());
        Ok(())
    }

    /// Remembers that a visitor is this customer.
    async fn add_visitor(&mut self, work: &mut Work, visitor: VisitorId) -> Result<()> {
        if self.stored.is_none() {
            self.save(work).await?;
        }
        Ok(rows::add_visitor(&mut work.tx, self.contact.id, visitor, work.now).await?)
    }
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
    customer: &mut Customer,
    hints: &Hints,
) -> Result<Visitors> {
    let mut unknown = Vec::new();
    let mut clicked = None;
    if let Some(text) = &hints.click_id {
        let clicker = match text.parse::<ClickId>() {
            Ok(id) => event::clicker(&mut work.tx, id, customer.contact.id).await?,
            Err(_) => None,
        };
        match &clicker {
            Some(Clicker { linked: true, .. }) => {}
            Some(clicker) => customer.add_visitor(work, clicker.visitor_id).await?,
            None => unknown.push(UnknownHint::Click(text.clone())),
        }
        clicked = clicker.map(|clicker| clicker.visitor_id);
    }
    let mut named = None;
    if let Some(text) = &hints.visitor_id {
        named = text.parse::<VisitorId>().ok();
        // Mostly both hints name one visitor, who has been linked then.
        if let Some(visitor) = named.filter(|visitor| clicked != Some(*visitor)) {
            if event::knows_visitor(&mut work.tx, visitor).await? {
                customer.add_visitor(work, visitor).await?;
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
