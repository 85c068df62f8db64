//! Which rule would pay an affiliate for an event, and why every other would not.

use askama::Template;
use axum::extract::RawQuery;
use axum::response::Response;
use domain::commission::Outcome;
use domain::id::{AffiliateId, CampaignId};
use domain::money::{self, Currency, display};
use domain::rule::describe;
use domain::status::TriggerOn;
use service::Work;
use service::programme::contest::{self, Contest, Example, Weighed};
use service::programme::rule;
use service::programme::{affiliate, campaign};
use service::store::list::Window;

use super::form::who;
use super::{PATH, capital, level, trigger_label};
use crate::admin::session::Admin;
use crate::error::PageError;
use crate::ui::{AdminItem, AdminShell, Choice, Errors, ListUrl, Tone};
use crate::{currency, form, html};

/// The page's path.
const HERE: &str = "/admin/rules/winner";

#[derive(Template)]
#[template(path = "admin/rule/winner.html")]
struct WinnerPage {
    shell: AdminShell,
    errors: Errors,
    affiliate: String,
    campaigns: Vec<Choice>,
    events: Vec<Choice>,
    event: String,
    is_sale: bool,
    is_click: bool,
    amount: String,
    tax: String,
    shipping: String,
    currencies: Vec<Choice>,
    product: String,
    coupon: String,
    country: String,
    returning: bool,
    /// Nothing was asked yet, or something is wrong.
    outcome: Option<Shown>,
}

/// What came out.
struct Shown {
    headline: String,
    lines: Vec<Line>,
    notes: Vec<String>,
    groups: Vec<Group>,
    /// How many rules are for other events, affiliates or products.
    others: usize,
}

struct Line {
    who: String,
    amount: String,
    steps: Vec<String>,
}

struct Group {
    title: String,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    scope: String,
    sentence: String,
    state: (&'static str, Tone),
    why: String,
    tests: Vec<(String, bool)>,
    offers: Vec<Offer>,
    won: bool,
}

struct Offer {
    what: String,
    amount: String,
    steps: Vec<String>,
}

/// The page; everything that is asked stands in the address, and nothing is written.
pub(super) async fn page(admin: Admin, RawQuery(query): RawQuery) -> Result<Response, PageError> {
    let asked = ListUrl::from_query(HERE, query.as_deref().unwrap_or_default());
    let own = admin.business.currency;
    let mut work = admin.app.view(&admin.actor).await?;
    let mut errors = Errors::new();
    let affiliate = who_is_asked(&mut work, &asked, &mut errors).await?;
    let campaigns = campaign::list(
        &mut work,
        &campaign::Filter::default(),
        Window::all(campaign::BY_NAME),
    )
    .await?;
    let chosen: Option<CampaignId> = asked
        .get("campaign")
        .parse()
        .ok()
        .or_else(|| campaigns.first().map(|detail| detail.campaign.id));
    let example = example(&asked, own, &mut errors);
    let outcome = match (&affiliate, chosen) {
        (Some((id, _)), Some(campaign)) if errors.is_empty() => {
            match contest::weigh(&mut work, *id, campaign, &example).await {
                Ok(contest) => Some(Shown::new(contest, own)),
                Err(error) => {
                    errors = form::refused(error)?;
                    None
                }
            }
        }
        _ => None,
    };
    let typed = |name: &str, otherwise: &str| match asked.get(name) {
        "" => otherwise.to_owned(),
        text => text.to_owned(),
    };
    html::page(&WinnerPage {
        shell: admin
            .shell(&mut work, "Which rule wins", AdminItem::Rules)
            .await?,
        affiliate: affiliate.map_or_else(|| asked.get("affiliate").to_owned(), |(_, email)| email),
        campaigns: Choice::list(
            campaigns
                .into_iter()
                .map(|detail| (detail.campaign.id.to_string(), detail.campaign.name)),
            &chosen.map(|id| id.to_string()).unwrap_or_default(),
        ),
        events: Choice::list(
            [TriggerOn::Sale, TriggerOn::Lead, TriggerOn::Click]
                .map(|on| (on.as_str(), trigger_label(on))),
            example.on.as_str(),
        ),
        is_sale: example.on == TriggerOn::Sale,
        is_click: example.on == TriggerOn::Click,
        event: asked.get("event").to_owned(),
        amount: typed("amount", &money::decimal(example.amount, example.currency)),
        tax: asked.get("tax").to_owned(),
        shipping: asked.get("shipping").to_owned(),
        currencies: currency::choices(example.currency.code()),
        product: example.product,
        coupon: example.coupon,
        country: example.country,
        returning: example.returning,
        errors,
        outcome,
    })
}

/// The affiliate by address, or by id where a page led here; one that is unknown is noted.
async fn who_is_asked(
    work: &mut Work,
    asked: &ListUrl,
    errors: &mut Errors,
) -> Result<Option<(AffiliateId, String)>, PageError> {
    if let Ok(id) = asked.get("affiliate_id").parse::<AffiliateId>() {
        return Ok(Some((id, affiliate::get(work, id).await?.email)));
    }
    let email = asked.get("affiliate").trim();
    if email.is_empty() {
        return Ok(None);
    }
    match rule::find_affiliate(work, email).await? {
        Some(id) => Ok(Some((id, email.to_owned()))),
        None => {
            errors.add("affiliate", "No affiliate has this address");
            Ok(None)
        }
    }
}

fn example(asked: &ListUrl, own: Currency, errors: &mut Errors) -> Example {
    let currency: Currency = asked.get("currency").parse().unwrap_or(own);
    let mut sum = |name: &str, otherwise: i64| match asked.get(name).trim() {
        "" => otherwise,
        typed => money::parse_decimal(typed, currency).unwrap_or_else(|error| {
            errors.add(name, capital(&error.to_string()));
            0
        }),
    };
    let hundred = 100_i64.saturating_mul(10_i64.saturating_pow(currency.decimals()));
    let text = |name: &str| asked.get(name).trim().chars().take(200).collect::<String>();
    Example {
        amount: sum("amount", hundred),
        tax: sum("tax", 0),
        shipping: sum("shipping", 0),
        on: match asked.get("on") {
            "lead" => TriggerOn::Lead,
            "click" => TriggerOn::Click,
            _ => TriggerOn::Sale,
        },
        name: text("event"),
        currency,
        product: text("product"),
        coupon: text("coupon"),
        country: text("country"),
        returning: asked.get("returning") == "true",
    }
}

impl Shown {
    fn new(contest: Contest, own: Currency) -> Self {
        let Contest {
            rules,
            lines,
            notes,
        } = contest;
        let winners: Vec<String> = rules
            .iter()
            .filter(|weighed| weighed.outcome == Outcome::Won)
            .map(|weighed| format!("Pays {}.", describe(&weighed.version.rule, own)))
            .collect();
        let headline = match winners.as_slice() {
            [] => "No rule pays for this.".to_owned(),
            [one] => one.clone(),
            several => several.join(" "),
        };
        let mut groups: Vec<Group> = Vec::new();
        let mut others = 0;
        for weighed in rules {
            if matches!(
                weighed.outcome,
                Outcome::OtherEvent | Outcome::OtherScope | Outcome::OtherProduct
            ) {
                others += 1;
                continue;
            }
            let title = level(&weighed.version.rule.scope);
            let row = Row::new(weighed, own);
            match groups.last_mut() {
                Some(group) if group.title == title => group.rows.push(row),
                _ => groups.push(Group {
                    title,
                    rows: vec![row],
                }),
            }
        }
        Self {
            headline,
            lines: lines
                .into_iter()
                .map(|line| Line {
                    who: who(line.level),
                    amount: display(line.amount, line.currency),
                    steps: line.explanation.steps,
                })
                .collect(),
            notes: notes.iter().map(|note| capital(note)).collect(),
            groups,
            others,
        }
    }
}

impl Row {
    fn new(weighed: Weighed, own: Currency) -> Self {
        let Weighed {
            version,
            outcome,
            tests,
            offers,
        } = weighed;
        let (state, why) = match outcome {
            Outcome::Won => (
                ("Wins", Tone::Success),
                "This scope is the closest with a rule that fits.",
            ),
            Outcome::Outbid => (
                ("Pays less", Tone::Neutral),
                "Another rule of the same scope pays more, or as much and is older.",
            ),
            Outcome::Farther => (("Not reached", Tone::Neutral), "A closer rule decides."),
            Outcome::ConditionsFail => (
                ("Conditions do not hold", Tone::Warning),
                "Its conditions do not hold for this event.",
            ),
            Outcome::OtherProduct | Outcome::OtherScope | Outcome::OtherEvent => {
                (("For others", Tone::Neutral), "")
            }
        };
        Self {
            href: format!("{PATH}/{}", version.rule.id),
            scope: capital(&rule::scope_words(&version)),
            sentence: capital(&describe(&version.rule, own)),
            state,
            why: why.to_owned(),
            tests,
            offers: offers
                .into_iter()
                .map(|offer| Offer {
                    what: offer.products.join(", "),
                    amount: offer
                        .currency
                        .map_or_else(String::new, |currency| display(offer.amount, currency)),
                    steps: offer.steps,
                })
                .collect(),
            won: outcome == Outcome::Won,
        }
    }
}
