//! One affiliate: figures, links, access to the portal, and history.

mod facts;
mod links;
mod money;

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, InvitationState};
use jiff::tz::TimeZone;
use service::Work;
use service::identity::audit::{self, AuditEntry, AuditFilter};
use service::identity::business;
use service::messaging::message;
use service::portal::invitation::{self, InvitationView};
use service::portal::profile;
use service::portal::two_step;
use service::programme::affiliate::{self, Affiliate};
use service::programme::payout_method::{self, PayoutMethod};
use service::programme::{affiliate_group, ledger, link, partnership};
use service::store::list::Window;

use self::facts::{Fact, facts, profile_facts};
use self::links::{LinkRow, other_campaigns};
use self::money::{BalanceRow, Payable, cards, payable};
use super::shown::{status_label, status_tone};
use super::{PATH, read_id};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::moment::Moment;
use crate::shown::money::live_line;
use crate::shown::payout::payout_method_label;
use crate::ui::{AdminItem, AdminShell, Choice, Kpi, Tone};

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
    payable: Vec<Payable>,
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

/// A message of the conversation, shortly.
struct Note {
    author: String,
    text: String,
    at: Moment,
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
    let payable = payable(&mut work, id).await?;
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
    // One that was sent by hand names no campaign: it is about all the affiliate is in.
    let none_active = !lines.is_empty() && lines.iter().all(|line| !line.campaign_active);
    let invitation = invitations
        .into_iter()
        .next()
        .map(|view| Invited::new(&href, view, affiliate.status, none_active, &zone));
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
        payable,
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
        invitation,
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

impl Invited {
    fn new(
        href: &str,
        view: InvitationView,
        status: AffiliateStatus,
        none_active: bool,
        zone: &TimeZone,
    ) -> Self {
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
            campaign_inactive: (view.campaign_inactive || none_active) && view.is_open(),
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
