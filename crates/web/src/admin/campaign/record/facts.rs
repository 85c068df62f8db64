//! A campaign's figures, terms and rules.

use domain::id::CampaignId;
use domain::rule::describe;
use domain::time::UnixMs;
use service::Work;
use service::identity::business;
use service::programme::campaign::{self, CampaignDetail};
use service::programme::rule;

use crate::admin::campaign::{count, href, model_label, rate, sums};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::moment::Moment;
use crate::ui::{Kpi, Markup};

pub(super) struct RuleLine {
    pub(super) sentence: String,
    pub(super) scope: String,
    pub(super) href: String,
}

pub(super) async fn cards(
    admin: &Admin,
    work: &mut Work,
    id: CampaignId,
) -> Result<Vec<Kpi>, PageError> {
    let figures = campaign::figures(work, id).await?;
    let commissions = campaign::commissions(work)
        .await?
        .remove(&id)
        .unwrap_or_default();
    let sums = sums(&commissions, admin.business.currency);
    let card = |label: &str, value: String, sub: String, href: String| Kpi {
        label: label.to_owned(),
        value,
        delta: None,
        sub,
        href,
        spark: Markup::default(),
    };
    let path = href(id);
    Ok(vec![
        card(
            "Affiliates",
            count(figures.affiliates),
            "taking part".to_owned(),
            format!("{path}#list"),
        ),
        card(
            "Clicks",
            count(figures.clicks),
            "of all time".to_owned(),
            format!("{path}?sort=-clicks#list"),
        ),
        card(
            "Conversions",
            count(figures.conversions),
            format!("rate {}", rate(figures.conversions, figures.clicks)),
            format!("/admin/referrals?campaign={id}"),
        ),
        card(
            "Commission",
            sums.first().cloned().unwrap_or_default(),
            if sums.len() > 1 {
                format!("and {}", sums[1..].join(", "))
            } else {
                "of all time, reversals taken off".to_owned()
            },
            format!("/admin/commissions?campaign={id}"),
        ),
    ])
}

pub(super) fn terms(
    admin: &Admin,
    detail: &CampaignDetail,
) -> Result<Vec<(&'static str, String)>, PageError> {
    let campaign = &detail.campaign;
    let zone = business::zone_of(&admin.business)?;
    let date = |at: UnixMs| Moment::new(at, &zone).date;
    let runs = match (
        campaign.starts_at_ms,
        campaign.ends_at_ms.map(|end| end.plus_ms(-1)),
    ) {
        (None, None) => "Without an end".to_owned(),
        (Some(start), None) => format!("From {}", date(start)),
        (None, Some(last)) => format!("Until {}", date(last)),
        (Some(start), Some(last)) => format!("{} to {}", date(start), date(last)),
    };
    Ok(vec![
        (
            "A click counts",
            if campaign.cookie_days == 1 {
                "1 day".to_owned()
            } else {
                format!("{} days", campaign.cookie_days)
            },
        ),
        ("Attribution", model_label(campaign.model).to_owned()),
        ("Runs", runs),
        ("Allowed hosts", detail.allowed_hosts().join(", ")),
        (
            "Link parameter",
            format!("{}=code", campaign.link_parameter),
        ),
    ])
}

/// The rules in force that pay for this campaign, the closest first; those of single affiliates only
/// when they are for this campaign.
pub(super) async fn rules(
    admin: &Admin,
    work: &mut Work,
    id: CampaignId,
) -> Result<Vec<RuleLine>, PageError> {
    let now = work.now;
    let mut versions = rule::versions_in_force(work, now, None).await?;
    versions.retain(|version| match version.rule.scope.campaign_id {
        Some(campaign) => campaign == id,
        None => version.rule.scope.affiliate_id.is_none(),
    });
    versions.sort_by_key(|version| std::cmp::Reverse(version.rule.scope.rank()));
    Ok(versions
        .into_iter()
        .map(|version| RuleLine {
            sentence: describe(&version.rule, admin.business.currency),
            scope: match rule::scope_words(&version).as_str() {
                "default" => "Default, where nothing closer fits".to_owned(),
                words => format!("For {words}"),
            },
            href: format!("/admin/rules/{}", version.rule.id),
        })
        .collect())
}
