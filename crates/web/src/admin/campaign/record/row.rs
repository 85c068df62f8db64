//! An affiliate in the campaign: its link, its invitation and what it brought.

use domain::id::PartnershipId;
use domain::link::LinkState;
use domain::status::InvitationState;
use service::Work;
use service::portal::invitation;
use service::programme::link;
use service::programme::partnership::PartnershipLine;

use crate::admin::campaign::count;
use crate::error::PageError;
use crate::shown::money::counted;
use crate::ui::{Tone, status_label};

/// An affiliate in the campaign.
pub(super) struct Row {
    pub(super) id: PartnershipId,
    pub(super) name: String,
    /// "maria@example.com · VIP".
    pub(super) detail: String,
    pub(super) affiliate_href: String,
    pub(super) url: String,
    /// Without the scheme.
    pub(super) short_url: String,
    pub(super) link_label: String,
    pub(super) state: (&'static str, Tone),
    pub(super) invitation: (String, Tone),
    /// The invitation's link while it can be used, else empty.
    pub(super) invitation_link: String,
    pub(super) clicks: String,
    pub(super) conversions: String,
    /// Both in words, for narrow screens.
    pub(super) figures: String,
    pub(super) active: bool,
    pub(super) active_action: String,
    pub(super) code_href: String,
    pub(super) menu_label: String,
}

pub(super) async fn row(work: &mut Work, line: PartnershipLine) -> Result<Row, PageError> {
    let state = line.link_state(work.now);
    let tone = match state {
        LinkState::Live => Tone::Success,
        LinkState::CampaignNotStarted => Tone::Info,
        LinkState::AffiliateNotApproved => Tone::Warning,
        _ => Tone::Neutral,
    };
    let (invitation, invitation_link) = invited(work, &line).await?;
    let url = link::url(&work.app, &line.code);
    let group = line
        .group_name
        .map(|group| format!(" · {group}"))
        .unwrap_or_default();
    Ok(Row {
        id: line.id,
        detail: format!("{}{group}", line.affiliate_email),
        affiliate_href: format!("/admin/affiliates/{}", line.affiliate_id),
        short_url: url
            .split_once("://")
            .map_or(url.as_str(), |(_, rest)| rest)
            .to_owned(),
        url,
        link_label: format!("Link of {}", line.affiliate_name),
        state: (state.label(), tone),
        invitation,
        invitation_link,
        clicks: count(line.clicks),
        conversions: count(line.conversions),
        figures: format!(
            "{} · {}",
            counted(line.clicks, "click", "clicks"),
            counted(line.conversions, "conversion", "conversions")
        ),
        active: line.active,
        active_action: format!("/admin/partnerships/{}/active", line.id),
        code_href: format!("/admin/partnerships/{}/code", line.id),
        menu_label: format!("Actions for {}", line.affiliate_name),
        name: line.affiliate_name,
    })
}

/// How far the affiliate's invitation has come, and its link while it can be used.
async fn invited(
    work: &mut Work,
    line: &PartnershipLine,
) -> Result<((String, Tone), String), PageError> {
    let label = match line.invitation_state {
        None => return Ok((("Not invited".to_owned(), Tone::Neutral), String::new())),
        Some(InvitationState::Accepted) => {
            return Ok((("Accepted".to_owned(), Tone::Success), String::new()));
        }
        Some(InvitationState::Revoked) => {
            return Ok((("Taken back".to_owned(), Tone::Neutral), String::new()));
        }
        Some(state) => status_label(state.as_str()),
    };
    let latest = invitation::for_affiliate(work, line.affiliate_id)
        .await?
        .into_iter()
        .next();
    let Some(view) = latest else {
        return Ok(((label, Tone::Info), String::new()));
    };
    let tone = match view.label() {
        "Accepted" => Tone::Success,
        "Bounced" | "Not delivered" => Tone::Error,
        "Not mailed" | "Expired" => Tone::Warning,
        "Revoked" => Tone::Neutral,
        _ => Tone::Info,
    };
    Ok((
        (view.label().to_owned(), tone),
        view.link.unwrap_or_default(),
    ))
}
