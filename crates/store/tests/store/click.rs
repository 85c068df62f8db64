//! Clicks and their roll-ups, on both engines.

use std::collections::{BTreeMap, BTreeSet};

use domain::click::Uncounted;
use domain::id::{BusinessId, LinkId, VisitorId, uuid_v7};
use domain::time::{Day, UnixMs};
use store::programme::click::{self, NewClick};
use store::programme::proof;
use testkit::{TestDb, both_engines};

/// A small generator of its own: the same batches every time, on every engine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn id<T: From<uuid::Uuid>>(kind: u8, number: u64) -> T {
    let mut bits = [kind; 10];
    bits[2..].copy_from_slice(&number.to_be_bytes());
    T::from(uuid_v7(1, bits))
}

/// Numbers clicks and new visitors apart from those of other tasks.
struct Source {
    dice: Dice,
    next: u64,
}

impl Source {
    fn new(task: u64) -> Self {
        Self {
            dice: Dice(task),
            next: task << 32,
        }
    }

    fn click(&mut self, links: u64, days: u64, visitors: u64) -> NewClick {
        self.next += 1;
        let returning = self.dice.roll(3) > 0;
        let visitor_id = if returning {
            id(b'v', self.dice.roll(visitors))
        } else {
            id(b'n', self.next)
        };
        let uncounted = (self.dice.roll(5) == 0).then_some(Uncounted::Bot);
        let day = Day(20_000 + i64::try_from(self.dice.roll(days)).unwrap());
        NewClick {
            id: id(b'c', self.next),
            link_id: id(b'l', self.dice.roll(links)),
            partnership_id: id(b'p', 1),
            affiliate_id: id(b'a', 1),
            campaign_id: id(b'm', 1),
            visitor_id,
            returning,
            clicked_at: UnixMs(day.0 * 86_400_000 + 5),
            expires_at: UnixMs(day.0 * 86_400_000 + 6),
            day,
            uncounted,
            url: None,
            referrer: Some("https://blog.example/é".to_owned()),
            ip_prefix: Some("203.0.113.0/24".to_owned()),
            user_agent: None,
            sub_ids: Some(r#"{"sub1":"a"}"#.to_owned()),
        }
    }
}

/// What the roll-ups must say, counted in the plainest way.
#[derive(Default)]
struct Model {
    days: BTreeMap<(LinkId, Day), (i64, BTreeSet<VisitorId>, i64)>,
}

impl Model {
    fn add(&mut self, clicks: &[NewClick]) {
        for click in clicks {
            let (counted, visitors, uncounted) =
                self.days.entry((click.link_id, click.day)).or_default();
            if click.uncounted.is_some() {
                *uncounted += 1;
            } else {
                *counted += 1;
                visitors.insert(click.visitor_id);
            }
        }
    }
}

async fn agree(test: &TestDb, business: BusinessId, model: &Model) {
    let mut tx = test.db.read(business).await.unwrap();
    assert_eq!(proof::roll_ups(&mut tx).await.unwrap(), []);
    let links: BTreeSet<LinkId> = model.days.keys().map(|(link, _)| *link).collect();
    let mut kept = BTreeMap::new();
    for link in links {
        for day in click::days_of_link(&mut tx, link).await.unwrap() {
            kept.insert(
                (link, day.day),
                (day.clicks, day.unique_clicks, day.uncounted_clicks),
            );
        }
    }
    let counted: BTreeMap<_, _> = model
        .days
        .iter()
        .map(|(place, (clicks, visitors, uncounted))| {
            (
                *place,
                (*clicks, i64::try_from(visitors.len()).unwrap(), *uncounted),
            )
        })
        .collect();
    assert_eq!(kept, counted);
}

both_engines! {
    async fn roll_ups_equal_a_recount(test: TestDb) {
        let businesses = [BusinessId::from_i64(1), BusinessId::from_i64(2)];
        let mut source = Source::new(1);
        let mut models = [Model::default(), Model::default()];
        for round in 0..30 {
            // As the writer does it on SQLite: one transaction from business to business.
            let mut system = test.db.system_write().await.unwrap();
            for (business, model) in businesses.iter().zip(&mut models) {
                let size = if round % 7 == 0 { 170 } else { 1 + source.dice.roll(40) };
                let clicks: Vec<NewClick> = (0..size).map(|_| source.click(3, 3, 40)).collect();
                model.add(&clicks);
                let mut tx = system.scoped(*business);
                click::record(&mut tx, clicks).await.unwrap();
                system = tx.into_system();
            }
            system.commit().await.unwrap();
        }
        for (business, model) in businesses.iter().zip(&models) {
            agree(&test, *business, model).await;
        }
    }

    async fn writers_beside_each_other_count_a_visitor_once(test: TestDb) {
        let business = BusinessId::from_i64(1);
        let tasks: Vec<_> = (1..=6)
            .map(|task| {
                let db = test.db.clone();
                tokio::spawn(async move {
                    let mut source = Source::new(task);
                    let mut all = Vec::new();
                    for _ in 0..15 {
                        let clicks: Vec<NewClick> = (0..=source.dice.roll(12)).map(|_| source.click(2, 2, 25)).collect();
                        all.extend(clicks.clone());
                        let mut tx = db.write(business).await.unwrap();
                        click::record(&mut tx, clicks).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                    all
                })
            })
            .collect();
        let mut model = Model::default();
        for task in tasks {
            model.add(&task.await.unwrap());
        }
        agree(&test, business, &model).await;
    }

    async fn a_click_is_kept_as_it_was(test: TestDb) {
        let business = BusinessId::from_i64(1);
        let mut click = Source::new(1).click(1, 1, 1);
        click.uncounted = Some(Uncounted::Prefetch);
        let mut tx = test.db.write(business).await.unwrap();
        click::record(&mut tx, vec![click.clone()]).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = test.db.read(business).await.unwrap();
        let stored = click::find(&mut tx, click.id).await.unwrap().expect("the click is there");
        assert_eq!((stored.visitor_id, stored.clicked_at_ms, stored.expires_at_ms), (click.visitor_id, click.clicked_at, click.expires_at));
        assert_eq!((stored.counted, stored.uncounted_reason.as_deref()), (false, Some("prefetch")));
        assert_eq!((stored.referrer, stored.sub_ids, stored.url), (click.referrer, click.sub_ids, None));
        let mut other = test.db.read(BusinessId::from_i64(2)).await.unwrap();
        assert_eq!(click::find(&mut other, click.id).await.unwrap(), None);
    }

    async fn a_wrong_roll_up_is_found(test: TestDb) {
        let business = BusinessId::from_i64(1);
        let mut source = Source::new(1);
        let mut tx = test.db.write(business).await.unwrap();
        click::record(&mut tx, (0..20).map(|_| source.click(1, 1, 5)).collect()).await.unwrap();
        tx.commit().await.unwrap();
        let raw = test.raw().await;
        raw.execute("update click_day set unique_clicks = unique_clicks + 1").await.unwrap();
        drop(raw);

        let mut tx = test.db.read(business).await.unwrap();
        let found = proof::roll_ups(&mut tx).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].clicks, found[0].unique_clicks, found[0].uncounted_clicks), (0, 1, 0));
    }
}
