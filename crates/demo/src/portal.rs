//! What happens between the business and its affiliates: a conversation, and people who apply.

use std::sync::Arc;

use domain::id::BusinessId;
use domain::status::{ApplicationRule, QuestionKind};
use domain::time::UnixMs;
use service::clock::MockClock;
use service::messaging::message;
use service::portal::account;
use service::portal::application::{self, FormIn, Sent};
use service::portal::question::{self, QuestionIn};
use service::store::identity::staff;
use service::store::portal::account as accounts;
use service::store::programme::affiliate as affiliates;
use service::{Actor, App, Result, ServiceError};

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// People who applied lately: name, address, website, audience, how they recommend, whether of age.
const APPLICANTS: &[(&str, &str, &str, &str, &str, &str)] = &[
    (
        "Ines Calder",
        "ines@slowplots.example",
        "slowplots.example",
        "A letter about small city gardens, 4,200 readers, mostly in Ontario.",
        "A series about planning a balcony, with your boards as the example.",
        "yes",
    ),
    (
        "Jonas Weidmann",
        "jonas@werkraum.example",
        "werkraum.example/video",
        "Video lessons for interior designers, 900 of them in my course.",
        "I use your templates in the lessons and put the link below.",
        "yes",
    ),
    (
        "Priya Nair",
        "priya@homeandhue.example",
        "",
        "I run a studio and advise about twenty families a year.",
        "In person, and with a page about the tools I use.",
        "no",
    ),
];

/// Plays what goes on in the portal around `now`; `email` is the address of the affiliate who has an
/// account.
///
/// # Errors
/// Whatever a use case or the database refuses.
pub async fn play(
    app: &App,
    clock: &Arc<MockClock>,
    business: BusinessId,
    now: UnixMs,
    email: &str,
) -> Result<()> {
    conversation(app, clock, business, now, email).await?;
    applications(app, clock, business, now).await?;
    clock.set(now);
    Ok(())
}

async fn conversation(
    app: &App,
    clock: &Arc<MockClock>,
    business: BusinessId,
    now: UnixMs,
    email: &str,
) -> Result<()> {
    let missing = || ServiceError::Internal("the demo lacks a person".to_owned());
    let mut work = app.view(&App::system(business)).await?;
    let affiliate = affiliates::find_by_email(&mut work.tx, email)
        .await?
        .ok_or_else(missing)?;
    let person = accounts::find_by_affiliate(&mut work.tx, affiliate.id)
        .await?
        .ok_or_else(missing)?;
    let owner = staff::list_members(&mut work.tx)
        .await?
        .into_iter()
        .next()
        .ok_or_else(missing)?;
    drop(work);
    let theirs = account::actor(business, &person);
    let ours = Actor::Staff {
        business,
        id: owner.id,
        name: owner.name,
        role: owner.role,
    };
    let lines: [(&Actor, i64, &str); 4] = [
        (
            &theirs,
            50 * HOUR_MS,
            "Hello, are there banners for the autumn offer? My readers ask what it looks like.",
        ),
        (
            &ours,
            47 * HOUR_MS,
            "Hello, they are nearly done. Until then this page shows all of it: https://fernhill.example/autumn",
        ),
        (
            &theirs,
            46 * HOUR_MS,
            "Thank you, that helps. I write about it on Sunday.",
        ),
        (
            &theirs,
            40 * MINUTE_MS,
            "One more question: may I use the pictures of the page in my letter?",
        ),
    ];
    for (actor, before, text) in lines {
        clock.set(now.plus_ms(-before));
        let mut work = app.begin(actor).await?;
        message::send(&mut work, affiliate.id, text).await?;
        work.commit().await?;
    }
    Ok(())
}

async fn applications(
    app: &App,
    clock: &Arc<MockClock>,
    business: BusinessId,
    now: UnixMs,
) -> Result<()> {
    clock.set(now.plus_ms(-30 * HOUR_MS));
    let mut work = app.begin(&App::system(business)).await?;
    let form = FormIn {
        open: true,
        intro: "We look for people who teach and write about rooms and gardens. You earn a share of every sale that comes by your link.".to_owned(),
        terms_url: String::new(),
        rule: ApplicationRule::Off,
        domains: String::new(),
        group_id: None,
        campaign_id: None,
    };
    application::set_form(&mut work, form).await?;
    let question = |kind, label: &str| QuestionIn {
        kind,
        label: label.to_owned(),
        hint: String::new(),
        choices: String::new(),
        required: true,
    };
    let how = question::add(
        &mut work,
        question(QuestionKind::LongText, "How would you recommend us?"),
    )
    .await?;
    let used = question::add(
        &mut work,
        question(QuestionKind::YesNo, "Do you use our products yourself?"),
    )
    .await?;
    work.commit().await?;
    for (number, (name, email, website, audience, answer, uses)) in (0_i64..).zip(APPLICANTS) {
        clock.set(now.plus_ms(-(26 - 9 * number) * HOUR_MS));
        // The page was open for a minute.
        let shown = application::token(app, business);
        clock.set(now.plus_ms(-(26 - 9 * number) * HOUR_MS + MINUTE_MS));
        let sent = Sent {
            token: shown,
            name: (*name).to_owned(),
            email: (*email).to_owned(),
            website: (*website).to_owned(),
            audience: (*audience).to_owned(),
            answers: [
                (how.id, (*answer).to_owned()),
                (used.id, (*uses).to_owned()),
            ]
            .into(),
            ..Sent::default()
        };
        application::submit_whole(app, business, sent).await?;
    }
    Ok(())
}
