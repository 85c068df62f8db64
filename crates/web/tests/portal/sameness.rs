//! Whether an address has an account is nobody's business: the portal's forms answer alike and take alike
//! for one that has and for one that nobody has. Five hundred of each are compared at each form, byte by byte,
//! and by the median of the time they take, in turns, so that whatever else the machine does meets both.
//! The clock is moved on by an hour as often as a network's budget of that form is used up.

use std::time::Duration;

use domain::id::AffiliateId;
use domain::status::{AffiliateStatus, ApplicationRule};
use domain::text::fold;
use service::Work;
use service::identity::password;
use service::identity::setting::{self, SettingPatch};
use service::portal::application::{self, FormIn};
use service::programme::affiliate::{self, AffiliateIn};
use service::store::portal::account::{self, NewAccount};
use testkit::{Answer, Client, Shop, TestApp, both_engines};
use tokio::time::Instant;

const HOUR_MS: i64 = 60 * 60_000;
/// Known addresses, and as many that nobody has, at each form.
const PAIRS: usize = 500;
/// A network may ask for sixty codes an hour, of whatever kind.
const PAIRS_AN_HOUR: usize = 25;
/// A network may send ten applications an hour.
const APPLICATIONS_AN_HOUR: usize = 5;
/// Neither median may be half as much again as the other. One password hash more or less would be twice
/// as much at least; a busy machine meets both alike.
const RATIO_MAX: (u32, u32) = (3, 2);
const PASSWORD: &str = "tea kettle on a boat";

/// A form, and how it is tried.
#[derive(Debug, Clone, Copy)]
struct Form {
    path: &'static str,
    /// Whether the address is typed into this form; otherwise it was typed into one before.
    has_address: bool,
    /// A page that is looked at afterwards in the same browser.
    after: Option<&'static str>,
    /// After as many pairs an hour goes by.
    pairs_an_hour: usize,
}

impl Form {
    const fn new(path: &'static str, after: Option<&'static str>) -> Self {
        Self {
            path,
            has_address: true,
            after,
            pairs_an_hour: PAIRS_AN_HOUR,
        }
    }
}

/// What is sent beside the address.
type Fields = Vec<(&'static str, String)>;

fn known(number: usize) -> String {
    format!("person-{number:03}@known.example")
}

/// As long as a known one, so that texts have equal lengths.
fn unknown(number: usize) -> String {
    format!("person-{number:03}@nobod.example")
}

/// Makes the accounts of known addresses; one hash does for all.
async fn people(test: &TestApp, shop: &Shop<'_>, are_affiliates: bool) {
    // What one hash takes is what the times would tell.
    test.app.trial().hash_lightly(false);
    let hash = password::hash(&test.app, PASSWORD).await.expect("a hash");
    let mut work = shop.work().await;
    for number in 0..PAIRS {
        let email = known(number);
        let affiliate_id = if are_affiliates {
            let input = AffiliateIn {
                name: format!("Somebody {number}"),
                email: email.clone(),
                status: Some(AffiliateStatus::Approved),
                ..AffiliateIn::default()
            };
            let made = affiliate::create(&mut work, input).await;
            Some(made.expect("an affiliate").id)
        } else {
            None
        };
        insert(&mut work, &email, &hash, affiliate_id).await;
    }
    work.commit().await.expect("committed");
}

async fn insert(work: &mut Work, email: &str, hash: &str, affiliate_id: Option<AffiliateId>) {
    let new = NewAccount {
        id: work.new_id(),
        email,
        email_folded: &fold(email),
        name: "Somebody",
        password_hash: hash,
        affiliate_id,
        created_at_ms: work.now,
    };
    assert!(account::insert(&mut work.tx, &new).await.expect("stored"));
}

/// Everything that is answered, without what differs for any two requests: the address itself, the
/// request's id, and what a cookie holds (its length stays).
fn shape(answer: &Answer, email: &str) -> String {
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| *name != "x-request-id")
        .map(|(name, value)| {
            let value = value.to_str().unwrap_or_default();
            if name != "set-cookie" {
                return format!("{name}: {value}");
            }
            let (cookie, attributes) = value.split_once(';').unwrap_or((value, ""));
            let (cookie, secret) = cookie.split_once('=').unwrap_or((cookie, ""));
            format!("{name}: {cookie}={} characters;{attributes}", secret.len())
        })
        .collect();
    headers.sort();
    let body = answer
        .text()
        .replace(email, "ADDRESS")
        .replace(answer.header("x-request-id"), "REQUEST");
    format!("{}\n{}\n\n{body}", answer.status, headers.join("\n"))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// Sends a form for a known and an unknown address in turns and compares. `ready` is asked before each pair
/// for the fields beside the address, and may prepare the two browsers, the known address's first.
async fn compare(
    test: &TestApp,
    form: Form,
    ready: impl AsyncFn(usize, &mut [Client; 2]) -> Fields,
) {
    let Form {
        path,
        has_address,
        after,
        pairs_an_hour,
    } = form;
    let mut browsers = [test.browser(), test.browser()];
    let mut took = [Vec::new(), Vec::new()];
    for number in 0..PAIRS {
        if number % pairs_an_hour == 0 {
            test.clock.advance_ms(HOUR_MS);
        }
        let fields = ready(number, &mut browsers).await;
        let emails = [known(number), unknown(number)];
        let mut shapes = [String::new(), String::new()];
        // Whoever comes first changes, because caches favour the second.
        let turn = if number % 2 == 1 { [1, 0] } else { [0, 1] };
        for which in turn {
            let (browser, email) = (&mut browsers[which], emails[which].as_str());
            let address = has_address.then_some(("email", email));
            let all: Vec<(&str, &str)> = address
                .into_iter()
                .chain(fields.iter().map(|(name, value)| (*name, value.as_str())))
                .collect();
            let began = Instant::now();
            let answer = browser.post(path, &all).await;
            took[which].push(began.elapsed());
            shapes[which] = shape(&answer, email);
            if let Some(after) = after {
                shapes[which].push_str(&shape(&browser.get(after).await, email));
            }
        }
        assert_eq!(shapes[0], shapes[1], "{path}, pair {number}");
        let refused = ["400", "401", "403", "404", "409", "429", "5"];
        assert!(
            !refused.iter().any(|status| shapes[0].starts_with(status)),
            "{path}, pair {number}: {}",
            shapes[0]
        );
    }
    let (most, least) = RATIO_MAX;
    let [here, nowhere] = took.map(median);
    assert!(
        here * least < nowhere * most && nowhere * least < here * most,
        "{path}: {here:?} for a known address, {nowhere:?} for an unknown one"
    );
}

/// The page that takes a code.
const CODE: &str = "/portal/fernhill/code";

/// A form that anybody sends who comes along, with the same fields beside the address.
async fn compare_open(
    test: &TestApp,
    path: &'static str,
    after: Option<&'static str>,
    fields: &[(&'static str, &str)],
) {
    compare(test, Form::new(path, after), async |_, browsers| {
        *browsers = [test.browser(), test.browser()];
        owned(fields)
    })
    .await;
}

fn owned(fields: &[(&'static str, &str)]) -> Fields {
    fields
        .iter()
        .map(|(name, value)| (*name, (*value).to_owned()))
        .collect()
}

both_engines! {
    async fn a_code_is_asked_for_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        compare_open(test, CODE, Some(CODE), &[("purpose", "log_in")]).await;
    }

    async fn a_new_password_is_asked_for_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        compare_open(test, CODE, Some(CODE), &[("purpose", "reset")]).await;
    }

    async fn a_link_is_asked_for_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        let mut work = shop.work().await;
        let patch = SettingPatch { magic_links: Some(true), ..SettingPatch::default() };
        setting::update(&mut work, patch).await.expect("set");
        work.commit().await.expect("stored");
        compare_open(test, CODE, Some(CODE), &[("purpose", "link")]).await;
    }

    // A password is hashed at each: the two tests that take longest.
    async fn a_wrong_log_in_is_refused_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        compare_open(test, "/portal/fernhill/log-in", None, &[("password", "not the password")]).await;
    }

    async fn one_signs_up_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        // Longer than any that is looked up among the common ones, which takes its time and asks for no address.
        let fields = [("name", "Noor"), ("password", "a kettle in the orchard behind the old house")];
        compare_open(test, "/portal/fernhill/sign-up", Some(CODE), &fields).await;
    }

    async fn a_sign_up_goes_to_another_address_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        let form = Form::new("/portal/fernhill/sign-up/again", Some(CODE));
        compare(test, form, async |number, browsers| {
            // What was typed is kept for an hour; from one address to the next it goes along.
            if number % PAIRS_AN_HOUR == 0 {
                for (side, browser) in ["a", "b"].into_iter().zip(browsers.iter_mut()) {
                    *browser = test.browser();
                    let email = format!("start-{number:03}-{side}@typos.example");
                    let fields = [("name", "Noor"), ("email", email.as_str()), ("password", PASSWORD)];
                    browser.post("/portal/fernhill/sign-up", &fields).await.expect(303);
                }
            }
            Fields::new()
        })
        .await;
    }

    async fn a_wrong_code_is_refused_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        let form = Form { has_address: false, ..Form::new("/portal/fernhill/code/enter", Some(CODE)) };
        compare(test, form, async |number, browsers| {
            *browsers = [test.browser(), test.browser()];
            for (browser, email) in browsers.iter_mut().zip([known(number), unknown(number)]) {
                let fields = [("email", email.as_str()), ("purpose", "log_in")];
                browser.post(CODE, &fields).await.expect(303);
            }
            // Now the one has a code, and the other none.
            test.write_codes().await;
            owned(&[("code", "0000-0000")])
        })
        .await;
    }

    async fn one_applies_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, true).await;
        let mut work = shop.work().await;
        let open = FormIn {
            open: true,
            intro: String::new(),
            terms_url: String::new(),
            rule: ApplicationRule::Off,
            domains: String::new(),
            group_id: None,
            campaign_id: None,
        };
        application::set_form(&mut work, open).await.expect("a form");
        work.commit().await.expect("stored");
        let form = Form {
            pairs_an_hour: APPLICATIONS_AN_HOUR,
            ..Form::new("/portal/fernhill/apply", Some("/portal/fernhill/apply/sent"))
        };
        compare(test, form, async |_, browsers| {
            *browsers = [test.browser(), test.browser()];
            let token = application::token(&test.app, shop.id);
            // A person needs a while to fill it in.
            test.clock.advance_ms(application::QUICKEST_MS + 1_000);
            vec![("token", token), ("name", "Somebody".to_owned())]
        })
        .await;
    }

    async fn an_address_is_changed_alike(test: TestApp) {
        let test = &test;
        let shop = test.business("Fernhill").await;
        people(test, &shop, false).await;
        let hash = password::hash(&test.app, PASSWORD).await.expect("a hash");
        let mut work = shop.work().await;
        insert(&mut work, "asks@letters.example", &hash, None).await;
        work.commit().await.expect("stored");
        let page = "/portal/fernhill/account/address";
        let form = Form::new(page, Some(page));
        compare(test, form, async |number, browsers| {
            // The page asks for a proof that is a quarter of an hour old at most.
            if number % PAIRS_AN_HOUR == 0 {
                let mut browser = test.browser();
                let fields = [("email", "asks@letters.example"), ("password", PASSWORD)];
                browser.post("/portal/fernhill/log-in", &fields).await.expect(303);
                browser.get(&format!("{page}?another=1")).await.expect(200);
                *browsers = [browser.clone(), browser];
            }
            Fields::new()
        })
        .await;
    }
}
