//! The quick search behind ⌘K: people, campaigns, customers and payouts by a few letters.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use domain::money::display;
use serde::Deserialize;
use service::crm::contact;
use service::programme::{affiliate, campaign, payout};
use service::store::list::Window;
use service::{App, Work};

use super::session::Admin;
use crate::error::PageError;
use crate::html;
use crate::shown::money::customer_name;
use crate::ui::{AdminItem, AdminShell, status_label};

/// Results of each kind.
const EACH_MAX: i64 = 5;
/// Letters that are searched for; more find nothing.
const TEXT_MAX: usize = 200;

/// The routes of this file.
pub fn routes() -> Router<App> {
    Router::new().route("/admin/search", get(find))
}

#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

struct Hit {
    href: String,
    label: String,
    detail: String,
    kind: &'static str,
}

/// The list alone, for the palette.
#[derive(Template)]
#[template(path = "admin/search/hits.html")]
struct Hits {
    hits: Vec<Hit>,
}

/// A page of its own, for who opens the address.
#[derive(Template)]
#[template(path = "admin/search/show.html")]
struct SearchPage {
    shell: AdminShell,
    text: String,
    hits: Vec<Hit>,
}

async fn find(
    admin: Admin,
    headers: HeaderMap,
    Query(Asked { q }): Query<Asked>,
) -> Result<Response, PageError> {
    let text: String = q
        .trim()
        .chars()
        .filter(|c| !c.is_control())
        .take(TEXT_MAX)
        .collect();
    let mut work = admin.app.view(&admin.actor).await?;
    let hits = if text.is_empty() {
        Vec::new()
    } else {
        hits(&mut work, &text).await?
    };
    if headers
        .get("sec-fetch-dest")
        .is_some_and(|dest| dest == "document")
    {
        let shell = admin.shell(&mut work, "Search", AdminItem::None).await?;
        return html::page(&SearchPage { shell, text, hits });
    }
    html::page(&Hits { hits })
}

async fn hits(work: &mut Work, text: &str) -> Result<Vec<Hit>, PageError> {
    let window = |order| Window {
        order,
        limit: EACH_MAX,
        offset: 0,
        after: None,
    };
    let mut hits = Vec::new();

    let filter = affiliate::Filter {
        search: Some(text.to_owned()),
        ..affiliate::Filter::default()
    };
    hits.extend(
        affiliate::list(work, &filter, window(affiliate::ORDERS[0].1))
            .await?
            .into_iter()
            .map(|affiliate| Hit {
                href: format!("/admin/affiliates/{}", affiliate.id),
                label: affiliate.name,
                detail: affiliate.email,
                kind: "Affiliate",
            }),
    );

    let filter = service::store::programme::campaign::Filter {
        search: Some(text.to_owned()),
        active: None,
    };
    hits.extend(
        campaign::list(work, &filter, window("id desc"))
            .await?
            .into_iter()
            .map(|detail| Hit {
                href: format!("/admin/campaigns/{}", detail.campaign.id),
                detail: if detail.campaign.active {
                    "Active"
                } else {
                    "Inactive"
                }
                .to_owned(),
                label: detail.campaign.name,
                kind: "Campaign",
            }),
    );

    let filter = contact::Filter {
        search: Some(text.to_owned()),
        ..contact::Filter::default()
    };
    hits.extend(
        contact::overview(work, &filter, window(contact::OVERVIEW_ORDERS[0].2))
            .await?
            .into_iter()
            .map(|contact| Hit {
                href: format!("/admin/customers/{}", contact.id),
                label: customer_name(
                    &contact.name,
                    contact.email.as_deref(),
                    contact.external_id.as_deref(),
                ),
                detail: status_label(contact.status.as_str()),
                kind: "Customer",
            }),
    );

    let number: String = text
        .trim_start_matches(['p', 'P', 'o', 'O', '-'])
        .to_owned();
    if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) {
        let filter = service::store::programme::payout::Filter {
            search: Some(number),
            ..service::store::programme::payout::Filter::default()
        };
        hits.extend(
            payout::list(work, &filter, window("p.number desc, p.id desc"))
                .await?
                .into_iter()
                .map(|(payout, _)| Hit {
                    href: format!("/admin/payouts/{}", payout.id),
                    label: format!("PO-{}", payout.number),
                    detail: format!(
                        "{} · {}",
                        payout.affiliate_name,
                        display(payout.amount, payout.currency)
                    ),
                    kind: "Payout",
                }),
        );
    }
    Ok(hits)
}
