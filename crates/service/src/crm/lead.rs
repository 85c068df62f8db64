//! The log of leads, for all of staff: who came, when and by which way. It tells no figure of money, so
//! that agents may read it.

use store::crm::contact::StatusCount;
use store::crm::lead as rows;
pub use store::crm::lead::{Filter, Lead, NewLead, ORDERS};
use store::list::Window;
use store::programme::{affiliate, campaign};

use crate::error::Result;
use crate::work::Work;

/// Names that a filter offers.
const CHOICES_MAX: i64 = 500;

/// A part of the leads that pass the filter; `window.order` is one of [`ORDERS`].
///
/// # Errors
/// Forbidden for everybody but staff and programs that read.
pub async fn list(work: &mut Work, filter: &Filter, window: Window) -> Result<Vec<Lead>> {
    work.actor.require_leads()?;
    Ok(rows::list(&mut work.tx, filter, window).await?)
}

/// How many that pass the filter, but for its state, are in each state.
///
/// # Errors
/// As [`list`].
pub async fn status_counts(work: &mut Work, filter: &Filter) -> Result<Vec<StatusCount>> {
    work.actor.require_leads()?;
    Ok(rows::status_counts(&mut work.tx, filter).await?)
}

/// The latest, for the bell.
///
/// # Errors
/// As [`list`].
pub async fn newest(work: &mut Work, limit: i64) -> Result<Vec<NewLead>> {
    work.actor.require_leads()?;
    Ok(rows::newest(&mut work.tx, limit).await?)
}

/// What a list of leads can be narrowed to, each an id and a name, by name.
#[derive(Debug, Clone, Default)]
pub struct Choices {
    /// Affiliates, the first 500.
    pub affiliates: Vec<(String, String)>,
    /// Campaigns, the first 500.
    pub campaigns: Vec<(String, String)>,
}

/// The names a list of leads can be narrowed to; nothing else of affiliates and campaigns is told.
///
/// # Errors
/// As [`list`].
pub async fn choices(work: &mut Work) -> Result<Choices> {
    work.actor.require_leads()?;
    let window = |order| Window {
        order,
        limit: CHOICES_MAX,
        offset: 0,
        after: None,
    };
    let affiliates = affiliate::list(
        &mut work.tx,
        &affiliate::Filter::default(),
        window(affiliate::ORDERS[0].1),
    )
    .await?;
    let campaigns = campaign::list(
        &mut work.tx,
        &campaign::Filter::default(),
        window(campaign::BY_NAME),
    )
    .await?;
    Ok(Choices {
        affiliates: affiliates
            .into_iter()
            .map(|affiliate| (affiliate.id.to_string(), affiliate.name))
            .collect(),
        campaigns: campaigns
            .into_iter()
            .map(|campaign| (campaign.id.to_string(), campaign.name))
            .collect(),
    })
}
