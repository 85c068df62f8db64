//! Links: when they are live, and which codes they may have.

use crate::status::AffiliateStatus;
use crate::time::UnixMs;

/// Everything that decides whether a link is live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The campaign is switched on.
    pub campaign_active: bool,
    /// The campaign runs from this instant on.
    pub starts_at: Option<UnixMs>,
    /// The campaign runs before this instant.
    pub ends_at: Option<UnixMs>,
    /// The affiliate's status.
    pub affiliate: AffiliateStatus,
    /// The affiliate's part in the campaign is switched on.
    pub partnership_active: bool,
    /// The link itself is switched on.
    pub link_active: bool,
}

/// Whether a link leads to its destination, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Clicks are sent on and counted.
    Live,
    /// The campaign is switched off.
    CampaignInactive,
    /// The campaign has not begun.
    CampaignNotStarted,
    /// The campaign is over.
    CampaignEnded,
    /// The affiliate is pending, suspended or terminated.
    AffiliateNotApproved,
    /// The affiliate's part in the campaign is switched off.
    PartnershipInactive,
    /// The link itself is switched off.
    LinkInactive,
}

impl LinkState {
    /// Whether clicks are sent on.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Live)
    }

    /// The public word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::CampaignInactive => "campaign_inactive",
            Self::CampaignNotStarted => "campaign_not_started",
            Self::CampaignEnded => "campaign_ended",
            Self::AffiliateNotApproved => "affiliate_not_approved",
            Self::PartnershipInactive => "partnership_inactive",
            Self::LinkInactive => "link_inactive",
        }
    }

    /// The state in words for people.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Live => "Live",
            Self::CampaignInactive => "Off: campaign is inactive",
            Self::CampaignNotStarted => "Off: campaign has not begun",
            Self::CampaignEnded => "Off: campaign is over",
            Self::AffiliateNotApproved => "Off: affiliate is not approved",
            Self::PartnershipInactive => "Off: paused for this affiliate",
            Self::LinkInactive => "Off: link is paused",
        }
    }
}

/// Why a campaign is not live at an instant; none when it is. Its time is half-open: it is live at
/// its start and not at its end.
#[must_use]
pub fn campaign_state(
    active: bool,
    starts_at: Option<UnixMs>,
    ends_at: Option<UnixMs>,
    at: UnixMs,
) -> Option<LinkState> {
    if !active {
        Some(LinkState::CampaignInactive)
    } else if starts_at.is_some_and(|start| at < start) {
        Some(LinkState::CampaignNotStarted)
    } else if ends_at.is_some_and(|end| at >= end) {
        Some(LinkState::CampaignEnded)
    } else {
        None
    }
}

impl Standing {
    /// The state of the link at an instant: live when campaign, affiliate, partnership and link all
    /// are, else the first of them that is not.
    #[must_use]
    pub fn link_state(&self, at: UnixMs) -> LinkState {
        let Self {
            campaign_active,
            starts_at,
            ends_at,
            affiliate,
            partnership_active,
            link_active,
        } = *self;
        if let Some(state) = campaign_state(campaign_active, starts_at, ends_at, at) {
            state
        } else if affiliate != AffiliateStatus::Approved {
            LinkState::AffiliateNotApproved
        } else if !partnership_active {
            LinkState::PartnershipInactive
        } else if !link_active {
            LinkState::LinkInactive
        } else {
            LinkState::Live
        }
    }
}

/// Paths of the product itself: on a tracking host a code stands at the same place.
const RESERVED_CODES: &[&str] = &[
    "admin",
    "api",
    "assets",
    "authentication",
    "brand",
    "embed",
    "favicon.ico",
    "healthz",
    "hooks",
    "js",
    "metrics",
    "portal",
    "postback",
    "readyz",
    "robots.txt",
    "sitemap.xml",
];

/// Whether a code would hide one of the product's own addresses.
#[must_use]
pub fn is_reserved_code(code: &str) -> bool {
    RESERVED_CODES.contains(&code.to_ascii_lowercase().as_str())
}

/// Whether text can be the query parameter that carries the code: 1 to 32 of `A-Z a-z 0-9 _ -`,
/// but not the parameter of the click itself.
#[must_use]
pub fn is_link_parameter(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        && text != "click_id"
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: Standing = Standing {
        campaign_active: true,
        starts_at: None,
        ends_at: None,
        affiliate: AffiliateStatus::Approved,
        partnership_active: true,
        link_active: true,
    };

    #[test]
    fn a_link_is_live_when_all_are() {
        let at = UnixMs(1_000);
        assert_eq!(LIVE.link_state(at), LinkState::Live);
        assert_eq!(
            Standing {
                campaign_active: false,
                ..LIVE
            }
            .link_state(at),
            LinkState::CampaignInactive
        );
        assert_eq!(
            Standing {
                partnership_active: false,
                ..LIVE
            }
            .link_state(at),
            LinkState::PartnershipInactive
        );
        assert_eq!(
            Standing {
                link_active: false,
                ..LIVE
            }
            .link_state(at),
            LinkState::LinkInactive
        );
        for affiliate in [
            AffiliateStatus::Pending,
            AffiliateStatus::Suspended,
            AffiliateStatus::Terminated,
        ] {
            assert_eq!(
                Standing { affiliate, ..LIVE }.link_state(at),
                LinkState::AffiliateNotApproved
            );
        }
    }

    #[test]
    fn a_campaign_runs_from_its_start_to_before_its_end() {
        let timed = Standing {
            starts_at: Some(UnixMs(10)),
            ends_at: Some(UnixMs(20)),
            ..LIVE
        };
        assert_eq!(timed.link_state(UnixMs(9)), LinkState::CampaignNotStarted);
        assert_eq!(timed.link_state(UnixMs(10)), LinkState::Live);
        assert_eq!(timed.link_state(UnixMs(19)), LinkState::Live);
        assert_eq!(timed.link_state(UnixMs(20)), LinkState::CampaignEnded);
    }

    #[test]
    fn parameters_and_codes() {
        assert!(is_link_parameter("via") && is_link_parameter("am_id"));
        assert!(
            !is_link_parameter("")
                && !is_link_parameter("a b")
                && !is_link_parameter("click_id")
                && !is_link_parameter(&"x".repeat(33))
        );
        assert!(is_reserved_code("Admin") && !is_reserved_code("maria"));
    }
}
