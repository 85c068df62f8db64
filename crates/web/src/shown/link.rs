//! A tracked link on a page: its state in words.

use domain::link::LinkState;

use crate::ui::Tone;

/// The word and colour of a link's state.
pub(crate) const fn link_badge(state: LinkState) -> (&'static str, Tone) {
    match state {
        LinkState::Live => ("Live", Tone::Success),
        LinkState::CampaignInactive => ("Campaign inactive", Tone::Neutral),
        LinkState::CampaignNotStarted => ("Campaign not begun", Tone::Info),
        LinkState::CampaignEnded => ("Campaign over", Tone::Neutral),
        LinkState::AffiliateNotApproved => ("Affiliate not approved", Tone::Warning),
        LinkState::PartnershipInactive => ("Switched off", Tone::Neutral),
        LinkState::LinkInactive => ("Link off", Tone::Neutral),
    }
}
