//! The shop's pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use askama::Template;
use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use crate::tributary::{Answer, Connection, Tributary};

/// What is sold: 49.00 a month.
const PRICE_CENTS: i64 = 49_00;
/// Accounts kept; the oldest goes when another comes.
const ACCOUNTS_MAX: usize = 1_000;

/// The shop and whom it knows.
pub(crate) struct Shop {
    tributary: Tributary,
    accounts: Mutex<BTreeMap<String, Account>>,
    /// Makes ids differ from those of an earlier run against the same Tributary.
    run: u64,
}

#[derive(Debug, Clone)]
struct Account {
    name: String,
    email: String,
    orders: Vec<Order>,
    told: String,
}

#[derive(Debug, Clone)]
struct Order {
    invoice: String,
    refunded: bool,
}

impl Shop {
    #[expect(
        clippy::disallowed_methods,
        reason = "the example has no clock of its own to inject"
    )]
    pub(crate) fn new(connection: Connection) -> Self {
        let run = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Self {
            tributary: Tributary::new(connection),
            accounts: Mutex::default(),
            run,
        }
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<String, Account>) -> T) -> T {
        act(&mut self.accounts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

pub(crate) fn routes(shop: Arc<Shop>) -> Router {
    Router::new()
        .route("/", get(landing))
        .route("/shop.css", get(style))
        .route("/sign-up", post(sign_up))
        .route("/account/{customer}", get(account))
        .route("/account/{customer}/buy", post(buy))
        .route("/account/{customer}/refund/{invoice}", post(refund))
        .with_state(shop)
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing<'a> {
    script: String,
    key: &'a str,
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    customer: String,
    name: String,
    email: String,
    orders: Vec<Order>,
    told: String,
}

fn page(template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => Html(html).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn landing(State(shop): State<Arc<Shop>>) -> Response {
    page(&Landing {
        script: shop.tributary.script(),
        key: shop.tributary.publishable_key(),
    })
}

async fn style() -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("../pages/shop.css"),
    )
}

#[derive(Deserialize)]
struct SignUp {
    name: String,
    email: String,
    /// Filled by `tributary.js`; empty when nobody referred the visitor.
    #[serde(default)]
    click_id: String,
}

async fn sign_up(State(shop): State<Arc<Shop>>, Form(form): Form<SignUp>) -> Response {
    let SignUp {
        name,
        email,
        click_id,
    } = form;
    if name.trim().is_empty() || !email.contains('@') {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            "Please give a name and an e-mail address.",
        )
            .into_response();
    }
    let customer = shop.with(|accounts| {
        if accounts.len() >= ACCOUNTS_MAX {
            accounts.pop_first();
        }
        let customer = format!("{}-{:04}", shop.run, accounts.len() + 1);
        accounts.insert(
            customer.clone(),
            Account {
                name: name.clone(),
                email: email.clone(),
                orders: Vec::new(),
                told: String::new(),
            },
        );
        customer
    });
    let click_id = Some(click_id.trim()).filter(|id| !id.is_empty());
    let answer = shop
        .tributary
        .lead(&customer, &name, &email, click_id)
        .await;
    told(&shop, &customer, "lead", &answer);
    Redirect::to(&format!("/account/{customer}")).into_response()
}

async fn account(State(shop): State<Arc<Shop>>, Path(customer): Path<String>) -> Response {
    match shop.with(|accounts| accounts.get(&customer).cloned()) {
        Some(Account {
            name,
            email,
            orders,
            told,
        }) => page(&AccountPage {
            customer,
            name,
            email,
            orders,
            told,
        }),
        None => Redirect::to("/").into_response(),
    }
}

async fn buy(State(shop): State<Arc<Shop>>, Path(customer): Path<String>) -> Response {
    let invoice = shop.with(|accounts| {
        let account = accounts.get_mut(&customer)?;
        let invoice = format!("SHOP-{customer}-{}", account.orders.len() + 1);
        account.orders.push(Order {
            invoice: invoice.clone(),
            refunded: false,
        });
        Some(invoice)
    });
    if let Some(invoice) = invoice {
        let answer = shop.tributary.sale(&invoice, &customer, PRICE_CENTS).await;
        told(&shop, &customer, "sale", &answer);
    }
    Redirect::to(&format!("/account/{customer}")).into_response()
}

async fn refund(
    State(shop): State<Arc<Shop>>,
    Path((customer, invoice)): Path<(String, String)>,
) -> Response {
    let known = shop.with(|accounts| {
        let order = accounts
            .get_mut(&customer)?
            .orders
            .iter_mut()
            .find(|order| order.invoice == invoice)?;
        order.refunded = true;
        Some(())
    });
    if known.is_some() {
        let answer = shop.tributary.refund(&invoice).await;
        told(&shop, &customer, "refund", &answer);
    }
    Redirect::to(&format!("/account/{customer}")).into_response()
}

/// Keeps what Tributary said, so that the page can show it.
fn told(shop: &Shop, customer: &str, call: &str, answer: &Answer) {
    let text = match answer {
        Ok(answer) => {
            let winner = answer["attribution"]["winner"]["affiliate_id"].as_str();
            match (call, winner) {
                ("refund", _) => "Tributary took the commission back.".to_owned(),
                (_, Some(affiliate)) => {
                    format!("Tributary recorded the {call} and credited it to {affiliate}.")
                }
                (_, None) => format!("Tributary recorded the {call}; no affiliate referred it."),
            }
        }
        Err(why) => format!("Tributary did not record the {call}: {why}"),
    };
    shop.with(|accounts| {
        if let Some(account) = accounts.get_mut(customer) {
            account.told = text;
        }
    });
}
