//! Founds the business and plays its days.

use std::sync::Arc;

use domain::id::{BusinessId, CampaignId, GroupId};
use domain::rule::{Fixed, Recurrence, Reward, Scope, Trigger};
use domain::status::{AffiliateStatus, CommissionStatus, DisputeStatus, TriggerOn};
use domain::time::{DAY_MS, Day, UnixMs};
use serde::{Deserialize, Serialize};
use service::clock::MockClock;
use service::identity::business::{self, NewBusiness};
use service::identity::setting::{self, PayoutMinimumIn, SettingPatch};
use service::portal::account;
use service::portal::invitation::{self, Acceptance};
use service::portal::profile::{self, ProfileIn};
use service::portal::session::Client;
use service::programme::affiliate::{self, AffiliateIn};
use service::programme::affiliate_group::{self, GroupIn, MinimumIn};
use service::programme::campaign::{self, CampaignIn, CampaignPatch};
use service::programme::commission;
use service::programme::event::{self, TrackDispute};
use service::programme::link::{self, LinkIn};
use service::programme::partnership::{self, PartnershipIn};
use service::programme::rule::{self, RuleIn};
use service::store::list::Window;
use service::store::programme::commission as commissions;
use service::{App, Result, ServiceError, Work};

use crate::day::{COOKIE_DAYS, Offer, Source, Story, final_status};
use crate::dice::Dice;
use crate::{people, portal, run, tools};

/// Days of the story, the unfinished one of today included.
pub const DAYS: i64 = 90;
const AFFILIATES: usize = 240;
/// The first so many bring most: VIPs, with links for single places.
const TOP: usize = 12;
const CLICKS_A_DAY: usize = 440;
const SEED: u64 = 2026;
const TIMEZONE: &str = "America/Toronto";
const OWNER: &str = "owner@fernhill.example";
/// The host of the studio's own pages, which links may lead to.
const SITE: &str = "www.fernhill.example";
const PASSWORD: &str = "fernhill-demo";

/// How to get into the filled business.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Filled {
    /// Its short name in addresses.
    pub slug: String,
    /// A key with all scopes, for the example shop.
    pub api_key: String,
    /// The key that names the business in the browser.
    pub publishable_key: String,
    /// Address and password of the owner.
    pub owner: (String, String),
    /// Address and password of an affiliate.
    pub affiliate: (String, String),
    /// The code of a link of that affiliate that leads to the shop.
    pub code: String,
    /// The address of the shop that all links lead to.
    pub shop: String,
    /// The instant up to which it was filled.
    pub filled_at: UnixMs,
}

/// Fills an empty database up to `now`. `app` must run on `clock`; `shop` is the address that links
/// lead to. `progress` is told how many days of [`DAYS`] are done.
///
/// # Errors
/// Whatever a use case or the database refuses.
pub async fn fill(
    app: &App,
    clock: &Arc<MockClock>,
    now: UnixMs,
    shop: &str,
    progress: &mut (dyn FnMut(i64) + Send),
) -> Result<Filled> {
    let zone = domain::time::zone(TIMEZONE)
        .ok_or_else(|| ServiceError::Internal("no such zone".to_owned()))?;
    let today = now.day_in(&zone);
    let first = today.plus(1 - DAYS);
    clock.set(first.start(&zone).plus_ms(-2 * DAY_MS));
    let founded = business::found(
        app,
        NewBusiness {
            name: "Fernhill Studio".to_owned(),
            owner_email: OWNER.to_owned(),
            owner_name: "Robin Fernhill".to_owned(),
            owner_password: PASSWORD.to_owned(),
            currency: "USD".to_owned(),
            timezone: TIMEZONE.to_owned(),
        },
    )
    .await?;
    let actor = App::system(founded.business.id);

    let mut work = app.begin(&actor).await?;
    let publishable_key = settings(&mut work).await?;
    let groups = groups(&mut work).await?;
    let campaigns = campaigns(&mut work, shop).await?;
    rules(&mut work, &groups, &campaigns).await?;
    tools::assets(&mut work, campaigns.agency_pro, campaigns.starter).await?;
    let dice = Dice::new(SEED);
    let (sources, code) = affiliates(&mut work, &dice, &groups, &campaigns).await?;
    work.commit().await?;
    let affiliate = open_portal(app, founded.business.id).await?;

    let mut story = Story::new(dice, sources, CLICKS_A_DAY, DAYS - 1);
    for number in 0..DAYS {
        let day = first.plus(number);
        let (start, end) = (day.start(&zone), day.plus(1).start(&zone));
        clock.set(start);
        let mut work = app.begin(&actor).await?;
        story
            .play(&mut work, number, day, start, end.min(now))
            .await?;
        if number == DAYS - 25 {
            campaign::patch(
                &mut work,
                campaigns.summer,
                CampaignPatch {
                    active: Some(false),
                    ..CampaignPatch::default()
                },
            )
            .await?;
            story
                .sources
                .iter_mut()
                .filter(|s| s.offer == Offer::Summer)
                .for_each(|s| s.weight = 0);
        }
        work.commit().await?;
        match day.date().day() {
            1 if run::pays(number, DAYS - 1) => run::approve(app, &actor, day).await?,
            2 if run::pays(number - 1, DAYS - 1) => run::pay(app, &actor, day).await?,
            _ => {}
        }
        progress(number + 1);
    }
    clock.set(now);
    let mut work = app.begin(&actor).await?;
    statuses(&mut work).await?;
    dispute(&mut work, today).await?;
    let notify = SettingPatch {
        notify_payout: Some(true),
        notify_affiliate_approved: Some(true),
        ..SettingPatch::default()
    };
    setting::update(&mut work, notify).await?;
    work.commit().await?;
    portal::play(app, clock, founded.business.id, now, &affiliate.0).await?;
    Ok(Filled {
        slug: founded.business.slug,
        api_key: founded.api_key,
        publishable_key,
        owner: (OWNER.to_owned(), PASSWORD.to_owned()),
        affiliate,
        code,
        shop: shop.to_owned(),
        filled_at: now,
    })
}

async fn settings(work: &mut Work) -> Result<String> {
    let patch = SettingPatch {
        default_cookie_days: Some(COOKIE_DAYS),
        support_email: Some("partners@fernhill.example".to_owned()),
        mask_customer_emails: Some(true),
        // Ninety days of letters about the past would only fill the outbox.
        notify_payout: Some(false),
        notify_affiliate_approved: Some(false),
        ..SettingPatch::default()
    };
    let minimum = PayoutMinimumIn {
        currency: "USD".to_owned(),
        amount: "50.00".to_owned(),
    };
    setting::set_payout_minimums(work, &[minimum]).await?;
    Ok(setting::update(work, patch).await?.publishable_key)
}

struct Groups {
    standard: GroupId,
    vip: GroupId,
    agencies: GroupId,
}

async fn groups(work: &mut Work) -> Result<Groups> {
    let mut make = async |name: &str, minimum: i64, note: &str| -> Result<GroupId> {
        let input = GroupIn {
            name: name.to_owned(),
            region: None,
            note: note.to_owned(),
            payout_frequency: None,
            payout_method: None,
            minimum_payout: vec![MinimumIn {
                amount: minimum,
                currency: "USD".to_owned(),
            }],
        };
        Ok(affiliate_group::create(work, input).await?.0.id)
    };
    Ok(Groups {
        standard: make("Standard", 50_00, "Everyone begins here.").await?,
        vip: make("VIP", 25_00, "More than fifty customers, or invited.").await?,
        agencies: make("Agencies", 100_00, "Agencies that resell to their clients.").await?,
    })
}

struct Campaigns {
    agency_pro: CampaignId,
    starter: CampaignId,
    summer: CampaignId,
}

async fn campaigns(work: &mut Work, shop: &str) -> Result<Campaigns> {
    let mut make = async |name: &str, path: &str, description: &str| -> Result<CampaignId> {
        let input = CampaignIn {
            name: name.to_owned(),
            description: description.to_owned(),
            active: Some(true),
            destination_url: format!("{shop}{path}"),
            hosts: vec![SITE.to_owned()],
            cookie_days: Some(COOKIE_DAYS),
            model: None,
            link_parameter: None,
            starts_at: None,
            ends_at: None,
        };
        Ok(campaign::create(work, input).await?.campaign.id)
    };
    Ok(Campaigns {
        agency_pro: make(
            "Agency Pro \u{2013} annual",
            "/",
            "Show one workflow end to end. Do not bid on our name in search ads.",
        )
        .await?,
        starter: make(
            "Starter",
            "/",
            "For freelancers: 49.00 a month, cancel any time.",
        )
        .await?,
        summer: make(
            "Summer sale",
            "/",
            "Half price until the end of the season.",
        )
        .await?,
    })
}

async fn rules(work: &mut Work, groups: &Groups, campaigns: &Campaigns) -> Result<()> {
    let usd = "USD"
        .parse()
        .map_err(|_| ServiceError::Internal("no USD".to_owned()))?;
    let sale = |name: &str, scope: Scope, reward: Reward, hold_days: i64| RuleIn {
        name: name.to_owned(),
        scope,
        trigger: Trigger {
            on: TriggerOn::Sale,
            event: None,
        },
        conditions: None,
        reward,
        base: None,
        recurrence: None,
        caps: None,
        levels: None,
        hold_days: Some(hold_days),
        auto_approve: Some(true),
        effective_from: None,
    };
    let group = |id| Scope {
        group_id: Some(id),
        ..Scope::default()
    };
    rule::create(
        work,
        sale(
            "Standard",
            group(groups.standard),
            Reward::PercentPpm(200_000),
            14,
        ),
    )
    .await?;
    rule::create(
        work,
        sale("VIP", group(groups.vip), Reward::PercentPpm(300_000), 7),
    )
    .await?;
    rule::create(
        work,
        sale(
            "Agencies",
            group(groups.agencies),
            Reward::PercentPpm(250_000),
            14,
        ),
    )
    .await?;
    rule::create(
        work,
        sale(
            "Everyone else",
            Scope::default(),
            Reward::PercentPpm(150_000),
            14,
        ),
    )
    .await?;
    let summer = Scope {
        campaign_id: Some(campaigns.summer),
        ..Scope::default()
    };
    let first = RuleIn {
        recurrence: Some(Recurrence::First(1)),
        ..sale(
            "Summer bounty",
            summer,
            Reward::Fixed(Fixed {
                amount: 60_00,
                currency: usd,
            }),
            7,
        )
    };
    rule::create(work, first).await?;
    let lead = RuleIn {
        trigger: Trigger {
            on: TriggerOn::Lead,
            event: None,
        },
        recurrence: Some(Recurrence::First(1)),
        ..sale(
            "VIP lead",
            Scope {
                campaign_id: Some(campaigns.starter),
                group_id: Some(groups.vip),
                ..Scope::default()
            },
            Reward::Fixed(Fixed {
                amount: 1_50,
                currency: usd,
            }),
            3,
        )
    };
    rule::create(work, lead).await?;
    Ok(())
}

/// How much of all clicks an affiliate brings: a few bring most.
fn weight(number: usize) -> usize {
    2_000 / (number + 4) + 4
}

async fn affiliates(
    work: &mut Work,
    dice: &Dice,
    groups: &Groups,
    campaigns: &Campaigns,
) -> Result<(Vec<Source>, String)> {
    let (mut sources, mut code) = (Vec::new(), String::new());
    for number in 0..AFFILIATES {
        let person = people::affiliate(dice, number);
        let group = match number {
            n if n < TOP || n % 31 == 0 => groups.vip,
            n if n % 7 == 3 => groups.agencies,
            _ => groups.standard,
        };
        let status = final_status(number);
        let input = AffiliateIn {
            name: person.name,
            email: person.email,
            status: Some(if status == AffiliateStatus::Pending {
                status
            } else {
                AffiliateStatus::Approved
            }),
            group_id: Some(group),
            parent_id: None,
            company: Some(person.company),
            phone: None,
            website: None,
            country: Some(person.country),
            traffic_source: Some(person.source),
            deal_type: None,
            note: String::new(),
            tags: if number < TOP {
                vec!["top".to_owned()]
            } else {
                Vec::new()
            },
            payout_method: None,
        };
        let affiliate = affiliate::create(work, input).await?;
        if status == AffiliateStatus::Pending {
            continue;
        }
        let joined = if number < 40 {
            0
        } else {
            dice.between(0, DAYS - 6)
        };
        let takes_part = [
            (
                campaigns.agency_pro,
                Offer::AgencyPro,
                "",
                number % 5 != 4 || number == 0,
                5,
            ),
            (
                campaigns.starter,
                Offer::Starter,
                "-start",
                number % 3 != 1 || number == 0,
                4,
            ),
            (
                campaigns.summer,
                Offer::Summer,
                "-summer",
                number % 4 == 0,
                2,
            ),
        ];
        for (campaign, offer, ending, does, share) in takes_part {
            if !does {
                continue;
            }
            let wanted = format!("{}{ending}", person.handle);
            let added = partnership::add(
                work,
                campaign,
                PartnershipIn {
                    affiliate_id: affiliate.id,
                    code: Some(wanted.clone()),
                },
            )
            .await?;
            if number == 0 && offer == Offer::Starter {
                code = wanted.clone();
            }
            let pull = match offer {
                Offer::AgencyPro => 22,
                Offer::Starter => 52,
                Offer::Summer => 40,
            } + dice.below(14);
            if number < TOP && offer == Offer::AgencyPro {
                // The first link of a partnership is its oldest.
                work.now = work.now.plus_ms(1);
                for (place, (label, page)) in tools::LINKS.iter().enumerate() {
                    let input = LinkIn {
                        label: (*label).to_owned(),
                        page: page.map_or_else(String::new, |page| format!("https://{SITE}{page}")),
                        code: format!("{wanted}-{}", domain::text::slug(label)),
                    };
                    let made = link::create(work, affiliate.id, campaign, input).await?;
                    sources.push(Source {
                        affiliate: affiliate.id,
                        partnership: added.partnership.id,
                        campaign,
                        link: made.id,
                        offer,
                        weight: weight(number) * (2 - place),
                        pull,
                        joined,
                    });
                }
            }
            sources.push(Source {
                affiliate: affiliate.id,
                partnership: added.partnership.id,
                campaign,
                link: added.partnership.link_id,
                offer,
                weight: weight(number) * share,
                pull,
                joined,
            });
        }
    }
    Ok((sources, code))
}

/// The first affiliate accepts the invitation and tells their profile, as anyone would.
async fn open_portal(app: &App, business: BusinessId) -> Result<(String, String)> {
    let mut work = app.view(&App::system(business)).await?;
    let person = people::affiliate(&Dice::new(SEED), 0);
    let known =
        service::store::programme::affiliate::find_by_email(&mut work.tx, &person.email).await?;
    let affiliate =
        known.ok_or_else(|| ServiceError::Internal("the first affiliate is missing".to_owned()))?;
    let link = invitation::for_affiliate(&mut work, affiliate.id)
        .await?
        .into_iter()
        .find_map(|view| view.link);
    let link = link
        .ok_or_else(|| ServiceError::Internal("the first affiliate was not invited".to_owned()))?;
    drop(work);
    let text = link.rsplit('/').next().unwrap_or_default();
    let client = Client {
        host: "localhost".to_owned(),
        user_agent: "Demo".to_owned(),
    };
    let opened = invitation::accept(
        app,
        business,
        text,
        Acceptance {
            name: person.name.clone(),
            password: PASSWORD.to_owned(),
        },
        &client,
    )
    .await?;
    let mut work = app.view(&App::system(business)).await?;
    let found = service::store::portal::account::find(&mut work.tx, opened.account).await?;
    let found =
        found.ok_or_else(|| ServiceError::Internal("the new account is missing".to_owned()))?;
    drop(work);
    let mut work = app.begin(&account::actor(business, &found)).await?;
    let told = ProfileIn {
        name: person.name,
        company: person.company,
        country: person.country,
        ..ProfileIn::default()
    };
    profile::update(&mut work, told).await?;
    work.commit().await?;
    Ok((person.email, PASSWORD.to_owned()))
}

/// Some were suspended or left in the end.
/// A customer's bank takes a sale of last week back; nothing is decided yet.
async fn dispute(work: &mut Work, today: Day) -> Result<()> {
    let filter = commissions::Filter {
        status: Some(CommissionStatus::Pending),
        ..commissions::Filter::default()
    };
    let newest = Window {
        limit: 300,
        ..Window::all(commissions::NEWEST)
    };
    let waiting = commission::list(work, &filter, newest).await?;
    let sale = waiting
        .into_iter()
        .filter(|one| {
            one.day <= today.plus(-7) && one.event_amount.is_some_and(|amount| amount > 0)
        })
        .find_map(|one| one.event_external_id);
    let Some(sale_external_id) = sale else {
        return Ok(());
    };
    let opened = TrackDispute {
        external_id: "dp_2026_1042".to_owned(),
        sale_external_id,
        amount: None,
        status: DisputeStatus::Opened,
        reason: Some("The customer says that they did not order it".to_owned()),
        occurred_at: None,
    };
    event::dispute(work, "api", opened).await?;
    Ok(())
}

async fn statuses(work: &mut Work) -> Result<()> {
    let dice = Dice::new(SEED);
    for number in 0..AFFILIATES {
        let person = people::affiliate(&dice, number);
        let status = final_status(number);
        if !matches!(
            status,
            AffiliateStatus::Suspended | AffiliateStatus::Terminated
        ) {
            continue;
        }
        if let Some(affiliate) =
            service::store::programme::affiliate::find_by_email(&mut work.tx, &person.email).await?
        {
            affiliate::set_status(work, affiliate.id, status).await?;
        }
    }
    Ok(())
}
