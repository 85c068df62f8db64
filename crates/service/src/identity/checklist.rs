//! The set-up checklist: ticked from what is really there.

use domain::status::Scope;
use store::identity::overview;
pub use store::identity::overview::Waiting;

use crate::error::Result;
use crate::work::Work;

/// A step of the set-up, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The settings were looked at and saved.
    Settings,
    /// There is a group.
    Groups,
    /// There is a campaign.
    Campaign,
    /// There is an affiliate.
    Affiliates,
    /// A referral came in.
    Referral,
    /// A commission was approved.
    Commission,
    /// A payout was paid.
    Payout,
}

/// How far the set-up has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checklist {
    /// Every step and whether it is done.
    pub steps: Vec<(Step, bool)>,
    /// Whether someone put the list away.
    pub dismissed: bool,
    /// Whether a minimum payout is set anywhere; without one every cent owed can be paid out.
    pub has_minimum: bool,
}

impl Checklist {
    /// The first step that is not done.
    #[must_use]
    pub fn next(&self) -> Option<Step> {
        self.steps
            .iter()
            .find(|(_, done)| !done)
            .map(|(step, _)| *step)
    }

    /// How many steps are done.
    #[must_use]
    pub fn done(&self) -> usize {
        self.steps.iter().filter(|(_, done)| *done).count()
    }
}

/// How far this business has come.
///
/// # Errors
/// [`crate::ServiceError::Forbidden`] without the scope `read`.
pub async fn get(work: &mut Work) -> Result<Checklist> {
    work.require(Scope::Read)?;
    let now = overview::progress(&mut work.tx).await?;
    Ok(Checklist {
        steps: vec![
            (Step::Settings, now.settings_reviewed),
            (Step::Groups, now.groups),
            (Step::Campaign, now.campaigns),
            (Step::Affiliates, now.affiliates),
            (Step::Referral, now.referrals),
            (Step::Commission, now.commissions_approved),
            (Step::Payout, now.payouts_paid),
        ],
        dismissed: now.dismissed,
        has_minimum: now.minimums,
    })
}

/// What waits for a person, beside the menu.
///
/// # Errors
/// As [`get`].
pub async fn waiting(work: &mut Work) -> Result<Waiting> {
    work.require(Scope::Read)?;
    Ok(overview::waiting(&mut work.tx).await?)
}
