//! One affiliate: figures, links, access to the portal, history, and what can be done.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::balance::Balance;
use domain::id::{AffiliateId, CampaignId, InvitationId};
use domain::money::{Currency, display};
use domain::status::{AffiliateStatus, InvitationState};
use jiff::tz::TimeZone;
use serde::Deserialize;
use service::identity::audit::{self, AuditEntry, AuditFilter};
use service::identity::business;
use service::messaging::message;
use service::portal::account::Account;
use service::portal::invitation::{self, InvitationView};
use service::portal::profile::{self, Profile};
use service::portal::two_step;
use service::programme::affiliate::{self, Affiliate, Figures};
use service::programme::partnership::{self, PartnershipIn, PartnershipLine};
use service::programme::payout_method::{self, PayoutMethod};
use service::programme::{affiliate_group, campaign, ledger, link};
use service::store::list::Window;
use service::{App, ServiceError, Work};

use super::shown::{amounts, count, deal_type_label, rate, status_label, status_tone};
use super::{PATH, read_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::form::{self, PostForm, local_path};
use crate::moment::Moment;
use crate::shown::link::link_badge;
use crate::shown::money::{counted, live_line};
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell, Choice, Flash, Kpi, Markup, Tone, Undo};
use crate::{flash, html};

/// Entries of the history on the page; the audit log has the rest.
const HISTORY_MAX: i64 = 10;
/// Campaigns of one affiliate on the page.
const LINKS_MAX: i64 = 100;
/// Messages on the page; the conversation has the rest.
const MESSAGES_SHOWN: i64 = 3;

#[derive(Template)]
#[template(path = "admin/affiliate/record.html")]
struct RecordPage {
    shell: AdminShell,
    affiliate: Affiliate,
    status_label: String,
    status_tone: Tone,
    group: Option<Named>,
    tags: Vec<Named>,
    edit_href: String,
    /// The portal as the affiliate sees it.
    inside_href: String,
    winner_href: String,
    status_action: String,
    /// The word on the button that approves, when that is possible.
    approve: Option<&'static str>,
    may_suspend: bool,
    may_terminate: bool,
    cards: Vec<Kpi>,
    /// One line a currency.
    balances: Vec<BalanceRow>,
    links: Vec<LinkRow>,
    /// Campaigns the affiliate is not in, behind "Choose a campaign".
    campaigns: Vec<Choice>,
    campaign_action: String,
    facts: Vec<Fact>,
    /// What they told of themselves in the portal.
    profile: Vec<(&'static str, String)>,
    /// Where the money goes.
    paid_to: Option<PaidTo>,
    /// Whether their log-in asks for a second step.
    two_step: bool,
    two_step_off_action: String,
    messages: Vec<Note>,
    messages_unread: i64,
    messages_href: String,
    invitation: Option<Invited>,
    may_invite: bool,
    invite_action: String,
    history: Vec<Happened>,
    more_history: bool,
    history_href: String,
}

/// A name that leads somewhere.
struct Named {
    label: String,
    href: String,
}

/// A line of the details.
struct Fact {
    term: &'static str,
    value: String,
    /// Empty for plain text.
    href: String,
    outside: bool,
}

/// A message of the conversation, shortly.
struct Note {
    author: String,
    text: String,
    at: Moment,
}

/// What was earned in a currency and where it stands.
struct BalanceRow {
    currency: Currency,
    pending: String,
    approved: String,
    in_payout: String,
    paid: String,
    clawback: String,
    owed: String,
}

struct LinkRow {
    id: String,
    campaign: String,
    campaign_href: String,
    state: &'static str,
    tone: Tone,
    figures: String,
    url: String,
    copy_label: String,
    /// What the affiliate made beside the link that came with the campaign.
    further: Vec<FurtherLink>,
}

struct FurtherLink {
    id: String,
    label: String,
    url: String,
    /// The page it leads to; empty for the campaign's own.
    page: String,
    state: &'static str,
    tone: Tone,
}

/// The payout method in force, and those before it.
struct PaidTo {
    label: String,
    masked: String,
    set: Moment,
    /// Until when payouts wait; empty: they do not.
    held_until: String,
    reveal_action: String,
    earlier: Vec<(String, String)>,
    /// Others who are or were paid at the same place.
    shared: Vec<Named>,
}

struct Invited {
    label: &'static str,
    tone: Tone,
    email: String,
    advice: &'static str,
    error: String,
    campaign_inactive: bool,
    link: String,
    until: String,
    may_resend: bool,
    may_revoke: bool,
    may_invite: bool,
    resend_action: String,
    revoke_action: String,
    correct_action: String,
}

struct Happened {
    text: String,
    who: String,
    iso: String,
    at: String,
}

pub(super) async fn page(admin: Admin, Path(id): Path<String>) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let mut work = admin.app.view(&admin.actor).await?;
    let affiliate = affiliate::get(&mut work, id).await?;
    let zone = business::zone_of(&admin.business)?;
    let figures = affiliate::figures(&mut work, &[id])
        .await?
        .remove(&id)
        .unwrap_or_default();
    let group = match affiliate.group_id {
        None => None,
        Some(group) => Some(affiliate_group::get(&mut work, group).await?),
    };
    let parent = match affiliate.parent_id {
        None => None,
        Some(parent) => Some(affiliate::get(&mut work, parent).await?),
    };
    let filter = partnership::Filter {
        affiliate: Some(id),
        ..partnership::Filter::default()
    };
    let window = Window {
        order: "p.id",
        limit: LINKS_MAX,
        offset: 0,
        after: None,
    };
    let lines = partnership::lines(&mut work, &filter, window).await?;
    let all_links = link::lines(&mut work, id).await?;
    let campaigns = match affiliate.status {
        AffiliateStatus::Terminated => Vec::new(),
        _ => other_campaigns(&mut work, &lines).await?,
    };
    let now = work.now;
    let balances = ledger::balances(&mut work, id).await?;
    let profile = profile_facts(profile::of_affiliate(&mut work, id).await?);
    let two_step = two_step::is_on_of(&mut work, id).await?;
    let paid_to = paid_to(&mut work, id, &zone).await?;
    let talk = message::conversation(&mut work, id, None, MESSAGES_SHOWN).await?;
    let invitations = invitation::for_affiliate(&mut work, id).await?;
    let filter = AuditFilter {
        subject_id: id.to_string(),
        ..AuditFilter::default()
    };
    let all = audit::count(&mut work, &filter).await?;
    let newest = Window::after(None, HISTORY_MAX);
    let entries = audit::list(&mut work, &filter, newest).await?;
    let mut shell = admin
        .shell(&mut work, affiliate.name.as_str(), AdminItem::Affiliates)
        .await?;
    shell.live = live_line(&mut work).await?;
    let href = format!("{PATH}/{id}");
    html::page(&RecordPage {
        shell,
        status_label: status_label(affiliate.status),
        status_tone: status_tone(affiliate.status),
        group: group.map(|group| Named {
            label: group.name,
            href: format!("/admin/groups/{}", group.id),
        }),
        tags: affiliate
            .tag_list()
            .into_iter()
            .map(|tag| {
                let query = form_urlencoded::Serializer::new(String::new())
                    .append_pair("tag", &tag)
                    .finish();
                Named {
                    label: tag,
                    href: format!("{PATH}?{query}"),
                }
            })
            .collect(),
        edit_href: format!("{href}/edit"),
        inside_href: format!("{href}/inside/"),
        winner_href: format!("/admin/rules/winner?affiliate_id={id}"),
        status_action: format!("{href}/status"),
        approve: match affiliate.status {
            AffiliateStatus::Pending => Some("Approve"),
            AffiliateStatus::Suspended | AffiliateStatus::Terminated => Some("Approve again"),
            AffiliateStatus::Approved => None,
        },
        may_suspend: affiliate.status == AffiliateStatus::Approved,
        may_terminate: affiliate.status != AffiliateStatus::Terminated,
        cards: cards(&figures, &balances, id, admin.business.currency),
        balances: balances
            .iter()
            .map(|(currency, balance)| BalanceRow::new(*currency, balance))
            .collect(),
        links: lines
            .into_iter()
            .map(|line| LinkRow::new(&admin.app, line, &all_links, now))
            .collect(),
        campaigns,
        campaign_action: format!("{href}/campaigns"),
        facts: facts(&affiliate, parent, &zone),
        profile,
        paid_to,
        two_step,
        two_step_off_action: format!("{href}/two-step-off"),
        messages_unread: talk.unread,
        messages: talk
            .messages
            .into_iter()
            .map(|message| Note {
                author: message.author_name,
                text: message.body,
                at: Moment::new(message.created_at_ms, &zone),
            })
            .collect(),
        messages_href: format!("/admin/messages/{id}"),
        invitation: invitations
            .into_iter()
            .next()
            .map(|view| Invited::new(&href, view, affiliate.status, &zone)),
        may_invite: affiliate.status != AffiliateStatus::Terminated,
        invite_action: format!("{href}/invite"),
        more_history: all > HISTORY_MAX,
        history_href: format!("/admin/audit?subject_id={id}"),
        history: entries
            .into_iter()
            .map(|entry| Happened::new(entry, &zone))
            .collect(),
        affiliate,
    })
}

/// The profile of a portal account, without what was left blank.
fn profile_facts(told: Option<(Account, Profile)>) -> Vec<(&'static str, String)> {
    let Some((account, profile)) = told else {
        return Vec::new();
    };
    let Profile {
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
        told: _,
    } = profile;
    let place: Vec<String> = [postcode, city].into_iter().flatten().collect();
    let address: Vec<String> = street
        .into_iter()
        .chain((!place.is_empty()).then(|| place.join(" ")))
        .collect();
    let country = country
        .map(|code| domain::country::name(&code).map_or_else(|| code.clone(), str::to_owned));
    [
        ("Name", Some(account.name)),
        ("Log-in", Some(account.email)),
        ("Phone", phone),
        ("Company", company),
        ("Address", (!address.is_empty()).then(|| address.join(", "))),
        ("Country", country),
        ("Time zone", timezone),
        (
            "Language",
            language.map(|language| language.own_name().to_owned()),
        ),
    ]
    .into_iter()
    .filter_map(|(term, value)| value.map(|value| (term, value)))
    .collect()
}

async fn paid_to(
    work: &mut Work,
    id: AffiliateId,
    zone: &TimeZone,
) -> Result<Option<PaidTo>, PageError> {
    let mut methods = payout_method::list(work, id).await?.into_iter();
    let Some(method) = methods.next() else {
        return Ok(None);
    };
    let shared = payout_method::shared(work, &method).await?;
    let held = payout_method::held_until(work, id).await?;
    let name = |method: &PayoutMethod| payout_method_label(method.kind.as_str());
    Ok(Some(PaidTo {
        label: name(&method),
        set: Moment::new(method.created_at_ms, zone),
        held_until: held.map_or_else(String::new, |until| Moment::new(until, zone).full),
        reveal_action: format!("{PATH}/{id}/payout-method"),
        earlier: methods
            .map(|method| {
                let set = Moment::new(method.created_at_ms, zone).date;
                (format!("{} {}", name(&method), method.masked), set)
            })
            .collect(),
        shared: shared
            .into_iter()
            .map(|other| Named {
                label: other.name,
                href: format!("{PATH}/{}", other.affiliate_id),
            })
            .collect(),
        masked: method.masked,
    }))
}

fn cards(
    figures: &Figures,
    balances: &[(Currency, Balance)],
    id: AffiliateId,
    currency: Currency,
) -> Vec<Kpi> {
    let card = |label: &str, mut values: Vec<String>, sub: &str, href: String| Kpi {
        label: label.to_owned(),
        value: values.remove(0),
        delta: None,
        sub: if values.is_empty() {
            sub.to_owned()
        } else {
            format!("and {}", values.join(", "))
        },
        href,
        spark: Markup::default(),
    };
    let conversion_rate = format!(
        "{} of the clicks",
        rate(figures.conversions, figures.clicks)
    );
    vec![
        card(
            "Clicks",
            vec![count(figures.clicks)],
            "Counted, of all time",
            format!("{PATH}/{id}#links"),
        ),
        card(
            "Conversions",
            vec![count(figures.conversions)],
            if figures.clicks > 0 {
                &conversion_rate
            } else {
                "Sales, of all time"
            },
            format!("/admin/referrals?affiliate={id}"),
        ),
        card(
            "Revenue",
            amounts(figures, currency, |money| money.revenue),
            "Sales less refunds",
            format!("/admin/referrals?affiliate={id}"),
        ),
        card(
            "Commission",
            amounts(figures, currency, |money| money.commission),
            "Earned, less reversals",
            format!("/admin/commissions?affiliate={id}"),
        ),
        card(
            "Owed",
            of_balances(balances, currency, |balance| balance.owed),
            "Approved and not paid yet",
            format!("/admin/commissions?affiliate={id}"),
        ),
        card(
            "Paid",
            of_balances(balances, currency, |balance| balance.paid),
            "Of all time",
            format!("/admin/payouts?affiliate={id}"),
        ),
    ]
}

/// The amounts of all currencies, the business's first; zero of that one when there is none.
fn of_balances(
    balances: &[(Currency, Balance)],
    own: Currency,
    pick: impl Fn(&Balance) -> i64,
) -> Vec<String> {
    let mut sums: Vec<(Currency, i64)> = balances
        .iter()
        .map(|(currency, balance)| (*currency, pick(balance)))
        .filter(|(_, sum)| *sum != 0)
        .collect();
    sums.sort_by_key(|(currency, _)| (*currency != own, *currency));
    if sums.is_empty() {
        return vec![display(0, own)];
    }
    sums.into_iter()
        .map(|(currency, sum)| display(sum, currency))
        .collect()
}

impl BalanceRow {
    fn new(currency: Currency, balance: &Balance) -> Self {
        let text = |amount: i64| display(amount, currency);
        Self {
            currency,
            pending: text(balance.pending),
            approved: text(balance.approved),
            in_payout: text(balance.in_payout),
            paid: text(balance.paid),
            clawback: text(balance.clawback),
            owed: text(balance.owed),
        }
    }
}

async fn other_campaigns(
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

fn facts(affiliate: &Affiliate, parent: Option<Affiliate>, zone: &TimeZone) -> Vec<Fact> {
    let plain = |term: &'static str, value: String| Fact {
        term,
        value,
        href: String::new(),
        outside: false,
    };
    let mut facts = Vec::new();
    let mut add = |term: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(plain(term, value.clone()));
        }
    };
    add("Company", &affiliate.company);
    add("Phone", &affiliate.phone);
    if let Some(website) = &affiliate.website {
        facts.push(Fact {
            term: "Website",
            value: website.clone(),
            href: website.clone(),
            outside: true,
        });
    }
    let mut add = |term: &'static str, value: Option<String>| {
        if let Some(value) = value {
            facts.push(plain(term, value));
        }
    };
    add("Country", affiliate.country.clone());
    add("Traffic source", affiliate.traffic_source.clone());
    add(
        "Deal type",
        affiliate
            .deal_type
            .map(|deal| deal_type_label(deal).to_owned()),
    );
    add(
        "Payout method",
        affiliate.payout_method.as_deref().map(payout_method_label),
    );
    if let Some(parent) = parent {
        let href = format!("{PATH}/{}", parent.id);
        facts.push(Fact {
            term: "Brought by",
            value: parent.name,
            href,
            outside: false,
        });
    }
    facts.push(plain(
        "Added",
        Moment::new(affiliate.created_at_ms, zone).date,
    ));
    if let Some(at) = affiliate.approved_at_ms {
        facts.push(plain("Approved", Moment::new(at, zone).date));
    }
    facts.push(plain("Id", affiliate.id.to_string()));
    facts
}

impl LinkRow {
    fn new(
        app: &App,
        line: PartnershipLine,
        all: &[link::LinkLine],
        now: domain::time::UnixMs,
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

impl Invited {
    fn new(href: &str, view: InvitationView, status: AffiliateStatus, zone: &TimeZone) -> Self {
        let open = !matches!(
            view.state,
            InvitationState::Accepted | InvitationState::Revoked
        );
        let welcome = status != AffiliateStatus::Terminated;
        Self {
            label: view.label(),
            tone: match view.state {
                InvitationState::Accepted => Tone::Success,
                InvitationState::Bounced => Tone::Error,
                InvitationState::Queued | InvitationState::Expired => Tone::Warning,
                InvitationState::Sent | InvitationState::Opened => Tone::Info,
                InvitationState::Revoked => Tone::Neutral,
            },
            advice: view.advice(),
            error: view.mail_error.clone().unwrap_or_default(),
            campaign_inactive: view.campaign_inactive && view.is_open(),
            until: Moment::new(view.expires_at, zone).date,
            may_resend: open && welcome,
            may_revoke: view.is_open(),
            may_invite: view.state == InvitationState::Revoked && welcome,
            resend_action: format!("{href}/invitations/{}/resend", view.id),
            revoke_action: format!("{href}/invitations/{}/revoke", view.id),
            correct_action: format!("/admin/invitations/{}/address", view.id),
            link: view.link.unwrap_or_default(),
            email: view.email,
        }
    }
}

impl Happened {
    fn new(entry: AuditEntry, zone: &TimeZone) -> Self {
        let Moment { iso, full, .. } = Moment::new(entry.at_ms, zone);
        Self {
            text: format!("{}: {}", act_label(&entry.action), entry.detail),
            who: entry.actor_name,
            iso,
            at: full,
        }
    }
}

/// What was done, in words; acts of other nouns by their own names.
fn act_label(action: &str) -> String {
    match action {
        "affiliate.create" => "Added".to_owned(),
        "affiliate.update" => "Changed".to_owned(),
        "affiliate.approve" => "Approved".to_owned(),
        "affiliate.suspend" => "Suspended".to_owned(),
        "affiliate.terminate" => "Terminated".to_owned(),
        "affiliate.reopen" => "Pending again".to_owned(),
        "affiliate.change_group" => "Group changed".to_owned(),
        other => crate::ui::status_label(&other.replace('.', " ")),
    }
}

/// Another status.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StatusForm {
    status: String,
    /// Where to go afterwards; the record when absent.
    #[serde(default)]
    back: String,
}

pub(super) async fn set_status(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(StatusForm { status, back }): PostForm<StatusForm>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let Ok(status) = status.parse::<AffiliateStatus>() else {
        return Err(PageError::bad_request(
            "There is no such status. Nothing was changed.",
        ));
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    let before = affiliate::get(&mut work, id).await?;
    let after = affiliate::set_status(&mut work, id, status).await?;
    work.commit().await?;
    let back = local_path(&back, &format!("{PATH}/{id}"));
    if before.status == after.status {
        return Ok(flash::redirect(
            &back,
            format!("{} was {status} already.", after.name),
        ));
    }
    let text = match status {
        AffiliateStatus::Pending => format!("{} is pending again.", after.name),
        AffiliateStatus::Approved => format!("{} is approved. Links work now.", after.name),
        AffiliateStatus::Suspended => format!("{} is suspended. Links are off.", after.name),
        AffiliateStatus::Terminated => format!("{} is terminated. Links are off.", after.name),
    };
    let fields = vec![
        ("status".to_owned(), before.status.as_str().to_owned()),
        ("back".to_owned(), back.clone()),
    ];
    let undo = Undo {
        action: format!("{PATH}/{id}/status"),
        fields,
    };
    Ok(flash::redirect_with(
        &back,
        Flash {
            tone: Tone::Success,
            text,
            undo: Some(undo),
        },
    ))
}

/// A campaign to take part in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CampaignForm {
    #[serde(default)]
    campaign: String,
}

pub(super) async fn add_to_campaign(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(CampaignForm { campaign }): PostForm<CampaignForm>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let back = format!("{PATH}/{id}");
    let Ok(campaign) = campaign.parse::<CampaignId>() else {
        return Ok(flash::redirect_with_error(
            &back,
            "Choose a campaign first.",
        ));
    };
    let mut work = admin.app.begin(&admin.actor).await?;
    affiliate::get(&mut work, id).await?;
    match partnership::add(
        &mut work,
        campaign,
        PartnershipIn {
            affiliate_id: id,
            code: None,
        },
    )
    .await
    {
        Ok(added) => {
            work.commit().await?;
            let text = match (added.invited, added.warning) {
                (true, _) => "Added to the campaign; the invitation is on its way.".to_owned(),
                (false, Some(warning)) => format!("Added to the campaign. {warning}"),
                (false, None) => "Added to the campaign.".to_owned(),
            };
            Ok(flash::redirect(&back, text))
        }
        Err(error) => told(&back, error),
    }
}

pub(super) async fn invite(
    admin: Admin,
    Path(id): Path<String>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let id: AffiliateId = read_id(&id)?;
    let back = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    affiliate::get(&mut work, id).await?;
    match invitation::invite(&mut work, id).await {
        Ok(view) => {
            work.commit().await?;
            Ok(flash::redirect(
                &back,
                format!("Invited {}. {}", view.email, view.advice()),
            ))
        }
        Err(error) => told(&back, error),
    }
}

/// A form without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

pub(super) async fn act_on_invitation(
    admin: Admin,
    Path((id, invitation, act)): Path<(String, String, String)>,
    PostForm(Nothing {}): PostForm<Nothing>,
) -> Result<Response, PageError> {
    let (id, invitation): (AffiliateId, InvitationId) = (read_id(&id)?, read_id(&invitation)?);
    let back = format!("{PATH}/{id}");
    let mut work = admin.app.begin(&admin.actor).await?;
    let known = invitation::for_affiliate(&mut work, id).await?;
    if !known.iter().any(|view| view.id == invitation) {
        return Err(PageError::not_found());
    }
    let done = match act.as_str() {
        "resend" => invitation::resend(&mut work, invitation)
            .await
            .map(|view| format!("Sent to {} again.", view.email)),
        "revoke" => invitation::revoke(&mut work, invitation)
            .await
            .map(|view| format!("The invitation of {} was taken back.", view.email)),
        _ => return Err(PageError::not_found()),
    };
    match done {
        Ok(text) => {
            work.commit().await?;
            Ok(flash::redirect(&back, text))
        }
        Err(error) => told(&back, error),
    }
}

/// What a use case refused, told on the page the person came from.
fn told(back: &str, error: ServiceError) -> Result<Response, PageError> {
    match error {
        ServiceError::Conflict(text) => Ok(flash::redirect_with_error(
            back,
            format!("Nothing was changed: {text}."),
        )),
        ServiceError::Invalid(_) => {
            let errors = form::refused(error)?;
            let reasons: Vec<&str> = errors.messages().collect();
            Ok(flash::redirect_with_error(
                back,
                format!("Nothing was changed: {}.", reasons.join("; ")),
            ))
        }
        other => Err(other.into()),
    }
}
