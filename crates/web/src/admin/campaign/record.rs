//! A campaign's page: figures, affiliates with their links, terms.

use askama::Template;
use axum::extract::{Path, RawQuery};
use axum::http::StatusCode;
use axum::response::Response;
use domain::id::{AffiliateId, CampaignId, PartnershipId};
use domain::link::LinkState;
use domain::rule::describe;
use domain::status::InvitationState;
use domain::time::UnixMs;
use serde::Deserialize;
use service::Work;
use service::identity::business;
use service::portal::invitation;
use service::programme::campaign::{self, CampaignDetail};
use service::programme::partnership::{
    self, CANDIDATES_MAX, Filter, LINE_ORDERS, PartnershipIn, PartnershipLine,
};
use service::programme::{link, rule};

use super::{count, href, model_label, path_id, rate, status, sums};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm};
use crate::list::ListState;
use crate::moment::Moment;
use crate::shown::money::{counted, live_line};
use crate::ui::{
    AdminItem, AdminShell, Errors, Filters, Flash, Kpi, Markup, Pager, SortHead, Tone, status_label,
};
use crate::{flash, html};

const DEFAULT_SORT: &str = "affiliate";
const STATES: &[(&str, &str)] = &[("active", "Taking part"), ("paused", "Paused")];

#[derive(Template)]
#[template(path = "admin/campaign/show.html")]
struct RecordPage {
    shell: AdminShell,
    path: String,
    active: bool,
    status: (&'static str, Tone),
    destination_url: String,
    description: String,
    notice_title: &'static str,
    notice: &'static str,
    edit_href: String,
    active_action: String,
    deactivate_title: String,
    cards: Vec<Kpi>,
    filters: Filters,
    heads: Vec<SortHead>,
    rows: Vec<Row>,
    pager: Pager,
    add: Add,
    terms: Vec<(&'static str, String)>,
    rules: Vec<RuleLine>,
    new_rule_href: String,
}

/// An affiliate in the campaign.
struct Row {
    id: PartnershipId,
    name: String,
    /// "maria@example.com · VIP".
    detail: String,
    affiliate_href: String,
    url: String,
    /// Without the scheme.
    short_url: String,
    link_label: String,
    state: (&'static str, Tone),
    invitation: (String, Tone),
    /// The invitation's link while it can be used, else empty.
    invitation_link: String,
    clicks: String,
    conversions: String,
    /// Both in words, for narrow screens.
    figures: String,
    active: bool,
    active_action: String,
    code_href: String,
    menu_label: String,
}

/// The form that adds affiliates.
struct Add {
    find: String,
    clear_href: String,
    action: String,
    candidates: Vec<Candidate>,
    more: bool,
    code: String,
    errors: Errors,
    submit: &'static str,
    note: &'static str,
}

struct Candidate {
    id: AffiliateId,
    name: String,
    detail: String,
    chosen: bool,
}

struct RuleLine {
    sentence: String,
    scope: String,
    href: String,
}

/// What was sent to add affiliates.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Adding {
    #[serde(default)]
    affiliate_id: Vec<String>,
    #[serde(default)]
    code: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    active: bool,
}

/// The page.
pub(super) async fn page(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let page = record(
        &admin,
        id,
        query.as_deref(),
        Adding::default(),
        Errors::new(),
    )
    .await?;
    html::page(&page)
}

async fn record(
    admin: &Admin,
    id: CampaignId,
    query: Option<&str>,
    adding: Adding,
    errors: Errors,
) -> Result<RecordPage, PageError> {
    let path = href(id);
    let mut state = ListState::new(&path, query, DEFAULT_SORT);
    let mut work = admin.app.view(&admin.actor).await?;
    let detail = campaign::get(&mut work, id).await?;
    let filter = Filter {
        campaign: Some(id),
        active: match state.filter::<String>("part").as_deref() {
            Some("active") => Some(true),
            Some("paused") => Some(false),
            _ => None,
        },
        search: state.search(),
        affiliate: None,
    };
    state.settle(partnership::count(&mut work, &filter).await?);
    let mut rows = Vec::new();
    for line in partnership::lines(&mut work, &filter, state.window(LINE_ORDERS)).await? {
        rows.push(row(&mut work, line).await?);
    }
    let cards = cards(admin, &mut work, id).await?;
    let add = add_form(
        &mut work,
        &detail,
        state.text("find").unwrap_or_default(),
        adding,
        errors,
    )
    .await?;
    let rules = rules(admin, &mut work, id).await?;
    let mut shell = admin
        .shell(
            &mut work,
            detail.campaign.name.clone(),
            AdminItem::Campaigns,
        )
        .await?;
    shell.live = live_line(&mut work).await?;
    let terms = terms(admin, &detail)?;
    let (notice_title, notice) = notice(detail.state(work.now));
    let campaign = detail.campaign;
    Ok(RecordPage {
        shell,
        active: campaign.active,
        status: status(
            campaign.active,
            campaign.starts_at_ms,
            campaign.ends_at_ms,
            work.now,
        ),
        destination_url: campaign.destination_url,
        description: campaign.description,
        notice_title,
        notice,
        edit_href: format!("{path}/edit"),
        active_action: format!("{path}/active"),
        deactivate_title: format!("Deactivate {}?", campaign.name),
        cards,
        filters: state.filters(
            "Search name or e-mail",
            vec![state.select("part", "Taking part", "All", STATES.iter().copied())],
        ),
        heads: vec![
            state.head("affiliate", "Affiliate", false),
            state.head("clicks", "Clicks", true),
            state.head("conversions", "Conversions", true),
        ],
        rows,
        pager: state.pager("affiliate", "affiliates"),
        add,
        terms,
        rules,
        new_rule_href: format!("/admin/rules/new?campaign={id}"),
        path,
    })
}

const fn notice(state: Option<LinkState>) -> (&'static str, &'static str) {
    match state {
        None => ("", ""),
        Some(LinkState::CampaignNotStarted) => (
            "The campaign has not begun",
            "Its links work from the first day on. Affiliates can be added and are invited.",
        ),
        Some(LinkState::CampaignEnded) => (
            "The campaign is over",
            "Its links do not work any more. Figures and commissions stay readable.",
        ),
        Some(_) => (
            "The campaign is inactive",
            "Its links do not work, and affiliates added now get no invitation. Figures and commissions stay readable, here and in the portal.",
        ),
    }
}

async fn row(work: &mut Work, line: PartnershipLine) -> Result<Row, PageError> {
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

async fn cards(admin: &Admin, work: &mut Work, id: CampaignId) -> Result<Vec<Kpi>, PageError> {
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

fn terms(admin: &Admin, detail: &CampaignDetail) -> Result<Vec<(&'static str, String)>, PageError> {
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
async fn rules(admin: &Admin, work: &mut Work, id: CampaignId) -> Result<Vec<RuleLine>, PageError> {
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

async fn add_form(
    work: &mut Work,
    detail: &CampaignDetail,
    find: String,
    adding: Adding,
    errors: Errors,
) -> Result<Add, PageError> {
    let id = detail.campaign.id;
    let found = partnership::candidates(work, id, Some(&find)).await?;
    let more = i64::try_from(found.len()).unwrap_or(CANDIDATES_MAX) >= CANDIDATES_MAX;
    let query = if find.is_empty() {
        String::new()
    } else {
        format!(
            "?{}",
            form_urlencoded::Serializer::new(String::new())
                .append_pair("find", &find)
                .finish()
        )
    };
    let invites =
        detail.campaign.active && detail.state(work.now) != Some(LinkState::CampaignEnded);
    Ok(Add {
        clear_href: format!("{}#add", href(id)),
        action: format!("{}/affiliates{query}", href(id)),
        find,
        candidates: found
            .into_iter()
            .map(|candidate| {
                let group = candidate
                    .group_name
                    .map(|group| format!(" · {group}"))
                    .unwrap_or_default();
                let word = candidate.id.to_string();
                Candidate {
                    chosen: adding.affiliate_id.contains(&word),
                    id: candidate.id,
                    name: candidate.name,
                    detail: format!(
                        "{}{group} · {}",
                        candidate.email,
                        status_label(candidate.status.as_str())
                    ),
                }
            })
            .collect(),
        more,
        code: adding.code,
        errors,
        submit: if invites {
            "Add and invite"
        } else {
            "Add without invitation"
        },
        note: if invites {
            "Each gets a link. Who cannot log in to the portal yet is invited by e-mail."
        } else {
            "The campaign is not active: the links do not work yet and no invitation is sent."
        },
    })
}

/// Adds affiliates, all or none.
pub(super) async fn add(
    admin: Admin,
    Path(id): Path<String>,
    RawQuery(query): RawQuery,
    PostForm(adding): PostForm<Adding>,
) -> Result<Response, PageError> {
    let id: CampaignId = path_id(&id)?;
    let mut errors = Errors::new();
    let code = Some(adding.code.trim().to_owned()).filter(|code| !code.is_empty());
    match adding.affiliate_id.len() {
        0 => errors.add("affiliate_id", "Choose at least one affiliate"),
        1 => {}
        _ if code.is_some() => {
            errors.add("code", "Choose one affiliate only for a code of your own")
        }
        _ => {}
    }
    if errors.is_empty() {
        match add_all(&admin, id, &adding.affiliate_id, code).await {
            Ok(response) => return Ok(response),
            Err(error) => errors = form::refused(error)?,
        }
    }
    html::page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &record(&admin, id, query.as_deref(), adding, errors).await?,
    )
}

async fn add_all(
    admin: &Admin,
    id: CampaignId,
    chosen: &[String],
    code: Option<String>,
) -> service::Result<Response> {
    let mut work = admin.app.begin(&admin.actor).await?;
    let (mut invited, mut warning) = (0, None);
    for affiliate in chosen {
        let affiliate_id = affiliate
            .parse()
            .map_err(|_| service::error::invalid("affiliate_id", "affiliate not found"))?;
        let added = partnership::add(
            &mut work,
            id,
            PartnershipIn {
                affiliate_id,
                code: code.clone(),
            },
        )
        .await?;
        invited += usize::from(added.invited);
        warning = added.warning;
    }
    work.commit().await?;
    let mut text = match chosen.len() {
        1 => "The affiliate was added.".to_owned(),
        many => format!("{many} affiliates were added."),
    };
    match invited {
        0 => {}
        1 => text.push_str(" The invitation is on its way."),
        many => text.push_str(&format!(" {many} invitations are on their way.")),
    }
    if let Some(warning) = warning {
        text.push(' ');
        text.push_str(warning);
    }
    let tone = if warning.is_some() {
        Tone::Warning
    } else {
        Tone::Success
    };
    Ok(flash::redirect_with(
        &href(id),
        Flash {
            tone,
            text,
            undo: None,
        },
    ))
}

/// Switches the campaign on or off.
pub(super) async fn set_active(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Switch { active }): PostForm<Switch>,
) -> Result<Response, PageError> {
    let id = path_id(&id)?;
    let mut work = admin.app.begin(&admin.actor).await?;
    let saved = campaign::patch(
        &mut work,
        id,
        campaign::CampaignPatch {
            active: Some(active),
            ..Default::default()
        },
    )
    .await?;
    work.commit().await?;
    let text = if active {
        format!("{} is active; its links work.", saved.campaign.name)
    } else {
        format!(
            "{} is inactive; its links are disabled. Statistics stay readable.",
            saved.campaign.name
        )
    };
    let other = [("active", (!active).to_string())];
    Ok(flash::redirect_with_undo(
        &href(id),
        text,
        format!("{}/active", href(id)),
        other,
    ))
}
