//! The demo is filled by the use cases, so everything that holds for a business holds for it.

use std::sync::Arc;

use domain::status::{AffiliateStatus, PayoutStatus};
use service::clock::MockClock;
use service::programme::{affiliate, affiliate_group, asset, campaign, link, payout, verify};
use service::store::programme::payout as payout_rows;
use service::store::programme::stats::{Filter, refunds};
use service::{App, domain, programme::stats};
use testkit::{Engine, START, TestDb};

#[tokio::test]
async fn the_demo_proves_and_is_as_large_as_told() {
    let db = TestDb::new(Engine::Sqlite).await;
    let clock = Arc::new(MockClock::at(START));
    let settings = service::app::Settings {
        base_url: "http://localhost:8080".to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [7; 32],
        trusted_proxies: Vec::new(),
        metrics_token: String::new(),
    };
    let random = Arc::new(service::random::SeededRandom::new(1));
    let app = App::new(db.db.clone(), clock.clone(), random, settings);
    let mut days = 0;
    let filled = demo::fill(&app, &clock, START, "http://localhost:8081", &mut |day| {
        days = day
    })
    .await
    .expect("filled");
    assert_eq!(days, demo::DAYS);
    let business = service::identity::business::by_slug(&app, &filled.slug)
        .await
        .expect("a business")
        .id;
    let report = verify::prove(&app, business).await.expect("a report");
    assert_eq!(report.problems, Vec::<String>::new());
    assert!(report.entries > 1_000, "{} entries", report.entries);

    let mut work = app.view(&App::system(business)).await.expect("a view");
    let counts = affiliate::status_counts(&mut work).await.expect("counts");
    assert_eq!(counts.values().sum::<i64>(), 243);
    for status in AffiliateStatus::ALL {
        assert!(
            counts.get(status).is_some_and(|count| *count > 0),
            "{status}"
        );
    }
    let total = stats::total(&mut work, &Filter::default())
        .await
        .expect("figures");
    assert!(
        total.clicks > 10_000 && total.conversions > 500 && total.cancelled_customers > 0,
        "{total:?}"
    );

    // Money that went back, money that went out, a campaign that is over, and a group with terms of its own.
    let refunds = refunds(&mut work.tx, &Filter::default())
        .await
        .expect("refunds");
    assert!(
        refunds.refunded > 10 && refunds.refunded < refunds.sales / 2,
        "{refunds:?}"
    );
    let payouts = payout::status_totals(&mut work, &payout_rows::Filter::default())
        .await
        .expect("payouts");
    let paid = payouts
        .iter()
        .filter(|total| total.status == PayoutStatus::Paid);
    let (paid, sum) = paid.fold((0, 0), |(paid, sum), total| {
        (paid + total.count, sum + total.amount)
    });
    assert!(paid > 10 && sum > 0, "{payouts:?}");
    let inactive = campaign::Filter {
        active: Some(false),
        ..campaign::Filter::default()
    };
    assert_eq!(
        campaign::count(&mut work, &inactive)
            .await
            .expect("a count"),
        1
    );
    let groups = affiliate_group::all(&mut work).await.expect("groups");
    let vip = groups.iter().find(|group| group.name == "VIP");
    assert!(vip.is_some_and(|group| group.members > 0), "{groups:?}");

    // What they work with: assets in two campaigns, and links for single places that are followed.
    let email = &filled.affiliate.0;
    let person = service::store::programme::affiliate::find_by_email(&mut work.tx, email)
        .await
        .expect("a read")
        .expect("the first affiliate");
    let assets = asset::of_affiliate(&mut work, person.id)
        .await
        .expect("assets");
    assert_eq!(assets.len(), 5);
    let lines = link::lines(&mut work, person.id).await.expect("links");
    let figures = link::figures(&mut work, person.id).await.expect("figures");
    for label in ["Newsletter", "Video"] {
        let line = lines.iter().find(|line| line.label == label);
        let line = line.unwrap_or_else(|| panic!("no link is called {label}"));
        let brought = figures.by_link.get(&line.id).map_or(0, |of| of.clicks);
        assert!(brought > 100, "{label}: {brought} clicks");
    }
}
