//! Customers and other contacts, as staff, programs and affiliates see them.

use domain::id::{CampaignId, ContactId};
use domain::status::{ContactStatus, Scope};
use store::crm::contact as rows;
pub use store::crm::contact::{
    BROUGHT_ORDERS, Brought, BroughtCounts, Contact, Did, Filter, NEWEST, OVERVIEW_NEWEST,
    OVERVIEW_ORDERS, Overview, StatusCount,
};
use store::list::Window;

use crate::error::{Result, not_found};
use crate::identity::setting;
use crate::work::Work;

/// Narrows a filter to what the actor may see: an affiliate sees the customers bound to it.
fn visible(work: &Work, filter: &Filter) -> Result<Filter> {
    let mut filter = filter.clone();
    match work.actor.affiliate() {
        Ok(own) => filter.affiliate_id = Some(own),
        Err(_) => work.require(Scope::Read)?,
    }
    Ok(filter)
}

/// Whether the actor sees addresses masked: affiliates, unless the business has switched that off.
///
/// # Errors
/// When the settings cannot be read.
pub async fn is_masked(work: &mut Work) -> Result<bool> {
    Ok(work.actor.affiliate().is_ok() && setting::get(work).await?.mask_customer_emails)
}

/// An address of which only the first letter and the host are told: `b•••@example.com`.
#[must_use]
pub fn masked(email: &str) -> String {
    let (local, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = local.chars().take(1).collect();
    if host.is_empty() {
        format!("{first}•••")
    } else {
        format!("{first}•••@{host}")
    }
}

/// A name or a customer's id as an affiliate reads it where addresses are masked: some programs know their
/// customers by the address.
#[must_use]
pub(crate) fn masked_if_address(text: String) -> String {
    if text.contains('@') {
        masked(&text)
    } else {
        text
    }
}

/// The contact without what would let an affiliate write to or call it.
fn without_address(contact: Contact) -> Contact {
    Contact {
        name: masked_if_address(contact.name),
        external_id: contact.external_id.map(masked_if_address),
        email: contact.email.as_deref().map(masked),
        phone: None,
        ..contact
    }
}

/// The contact with this id; an affiliate sees its own only, masked as the settings say.
///
/// # Errors
/// Not found, or forbidden.
pub async fn get(work: &mut Work, id: ContactId) -> Result<Contact> {
    let own = work.actor.affiliate().ok();
    if own.is_none() {
        work.require(Scope::Read)?;
    }
    let found = rows::find(&mut work.tx, id).await?;
    let contact = found
        .filter(|contact| own.is_none() || contact.affiliate_id == own)
        .ok_or(not_found("customer"))?;
    Ok(if is_masked(work).await? {
        without_address(contact)
    } else {
        contact
    })
}

/// A part of the contacts that pass the filter; an affiliate sees its own only, masked as the settings
/// say.
///
/// # Errors
/// Forbidden.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Contact>> {
    let filter = visible(work, filter)?;
    let contacts = rows::list(&mut work.tx, &filter, window).await?;
    Ok(if is_masked(work).await? {
        contacts.into_iter().map(without_address).collect()
    } else {
        contacts
    })
}

/// How many contacts pass the filter.
///
/// # Errors
/// Forbidden.
pub async fn count(work: &mut Work, filter: &Filter) -> Result<i64> {
    let filter = visible(work, filter)?;
    Ok(rows::count(&mut work.tx, &filter).await?)
}

/// A part of the contacts that pass the filter with the names a list shows, for staff;
/// `window.order` is one of [`OVERVIEW_ORDERS`].
///
/// # Errors
/// Forbidden.
pub async fn overview(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Overview>> {
    work.require(Scope::Read)?;
    Ok(rows::overview(&mut work.tx, filter, window).await?)
}

/// How many contacts that pass the filter, but for its state, are in each state.
///
/// # Errors
/// Forbidden.
pub async fn status_counts(work: &mut Work, filter: &Filter) -> Result<Vec<StatusCount>> {
    work.require(Scope::Read)?;
    Ok(rows::status_counts(&mut work.tx, filter).await?)
}

/// What an affiliate asks of the people it brought.
#[derive(Debug, Clone, Default)]
pub struct BroughtFilter {
    /// Only those whom [`BroughtCounts`] counts as this: a customer who has left is both.
    pub status: Option<ContactStatus>,
    /// Only those who came by this campaign.
    pub campaign_id: Option<CampaignId>,
    /// Only those whose name or address holds this text. Left out where addresses are masked: a search
    /// that finds would tell them.
    pub search: Option<String>,
}

async fn own(work: &mut Work, filter: &BroughtFilter) -> Result<rows::BroughtFilter> {
    let affiliate_id = work.actor.affiliate()?;
    let masked = is_masked(work).await?;
    let BroughtFilter {
        status,
        campaign_id,
        search,
    } = filter.clone();
    Ok(rows::BroughtFilter {
        affiliate_id,
        status,
        campaign_id,
        search: search.filter(|_| !masked),
    })
}

/// A part of the people whom the affiliate who acts brought, addresses masked as the settings say;
/// `window.order` is one of [`BROUGHT_ORDERS`].
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn brought(
    work: &mut Work,
    filter: &BroughtFilter,
    window: Window,
) -> Result<Vec<Brought>> {
    let filter = own(work, filter).await?;
    let mut found = rows::brought(&mut work.tx, &filter, window).await?;
    if is_masked(work).await? {
        for contact in &mut found {
            contact.name = masked_if_address(std::mem::take(&mut contact.name));
            contact.email = contact.email.as_deref().map(masked);
        }
    }
    Ok(found)
}

/// How many of them pass the filter, but for its state, counted as the statistics count them.
///
/// # Errors
/// Forbidden for everybody but affiliates.
pub async fn brought_counts(work: &mut Work, filter: &BroughtFilter) -> Result<BroughtCounts> {
    let filter = own(work, filter).await?;
    Ok(rows::brought_counts(&mut work.tx, &filter).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_stays() {
        assert_eq!(masked("bob.smith@example.com"), "b•••@example.com");
        assert_eq!(masked("ö@example.com"), "ö•••@example.com");
        assert_eq!(masked(""), "•••");
    }

    #[test]
    fn an_id_that_is_an_address_is_masked_like_one() {
        let seen = |text: &str| masked_if_address(text.to_owned());
        assert_eq!(seen("bob@example.com"), "b•••@example.com");
        assert_eq!(seen("user-17"), "user-17");
    }
}
