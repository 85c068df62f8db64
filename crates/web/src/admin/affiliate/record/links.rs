//! The campaigns an affiliate is in, with their links, and those it could be in.

use domain::time::UnixMs;
use service::programme::partnership::PartnershipLine;
use service::programme::{campaign, link};
use service::store::list::Window;
use service::{App, Work};

use crate::error::PageError;
use crate::shown::link::link_badge;
use crate::shown::money::counted;
use crate::ui::{Choice, Tone};

pub(super) struct LinkRow {
    pub(super) id: String,
    pub(super) campaign: String,
    pub(super) campaign_href: String,
    pub(super) state: &'static str,
    pub(super) tone: Tone,
    pub(super) figures: String,
    pub(super) url: String,
    pub(super) copy_label: String,
    /// What the affiliate made beside the link that came with the campaign.
    pub(super) further: Vec<FurtherLink>,
}

pub(super) struct FurtherLink {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) url: String,
    /// The page it leads to; empty for the campaign's own.
    pub(super) page: String,
    pub(super) state: &'static str,
    pub(super) tone: Tone,
}

impl LinkRow {
    pub(super) fn new(
        app: &App,
        line: PartnershipLine,
        all: &[link::LinkLine],
        now: UnixMs,
    ) -> Self {
        let (state, tone) = link_badge(line.link_state(now));
        let further = all
            .iter()
            .filter(|link| link.partnership_id == line.id && !link.is_first())
            .map(|further| {
                let (state, tone) = link_badge(further.link_state(now));
                FurtherLink {
                    id: further.id.to_string(),
                    label: further.label.clone(),
                    url: link::url(app, &further.code),
                    page: further.target_url.clone().unwrap_or_default(),
                    state,
                    tone,
                }
            })
            .collect();
        Self {
            further,
            id: line.link_id.to_string(),
            copy_label: format!("Link for {}", line.campaign_name),
            campaign: line.campaign_name,
            campaign_href: format!("/admin/campaigns/{}", line.campaign_id),
            state,
            tone,
            figures: format!(
                "{} · {}",
                counted(line.clicks, "click", "clicks"),
                counted(line.conversions, "conversion", "conversions")
            ),
            url: link::url(app, &line.code),
        }
    }
}

pub(super) async fn other_campaigns(
    work: &mut Work,
    lines: &[PartnershipLine],
) -> Result<Vec<Choice>, PageError> {
    let all = campaign::list(
        work,
        &campaign::Filter::default(),
        Window::all(campaign::BY_AGE),
    )
    .await?;
    let now = work.now;
    let pairs = all
        .into_iter()
        .filter(|detail| {
            !lines
                .iter()
                .any(|line| line.campaign_id == detail.campaign.id)
        })
        .map(|detail| {
            let note = if detail.state(now).is_some() {
                " (not live)"
            } else {
                ""
            };
            (
                detail.campaign.id.to_string(),
                format!("{}{note}", detail.campaign.name),
            )
        });
    Ok(Choice::list(
        std::iter::once((String::new(), "Choose a campaign".to_owned())).chain(pairs),
        "",
    ))
}
