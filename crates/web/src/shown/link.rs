//! A tracked link on a page: its state in words.

use domain::link::LinkState;

use crate::language::t;
use crate::ui::Tone;

/// The word and colour of a link's state.
pub(crate) fn link_badge(state: LinkState) -> (&'static str, Tone) {
    match state {
        LinkState::Live => (t("link-live"), Tone::Success),
        LinkState::CampaignInactive => (t("link-campaign-inactive"), Tone::Neutral),
        LinkState::CampaignNotStarted => (t("link-campaign-not-begun"), Tone::Info),
        LinkState::CampaignEnded => (t("link-campaign-over"), Tone::Neutral),
        LinkState::AffiliateNotApproved => (t("link-not-approved"), Tone::Warning),
        LinkState::PartnershipInactive => (t("link-switched-off"), Tone::Neutral),
        LinkState::LinkInactive => (t("link-state-off"), Tone::Neutral),
    }
}
