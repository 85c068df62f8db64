//! Two processes on one database hear of each other's changes.

use std::iter;
use std::time::Duration;

use domain::id::{AffiliateId, BusinessId};
use domain::link::LinkState;
use serde_json::json;
use service::App;
use service::echo::{BEHIND_MAX, Echo, NOTES_MAX, QUIET_SWEEPS};
use service::hub::Change;
use service::programme::click;
use testkit::{Engine, OnEngine, TestApp, both_engines};
use tokio::sync::broadcast::Receiver;
use tokio::sync::oneshot;
use tokio::time::timeout;
use uuid::Uuid;

/// More affiliates than are told of one by one.
const MANY: u128 = 60;
/// Longer than anything here takes.
const LONG: Duration = Duration::from_secs(30);
/// As long as a write may take that is to be cut off.
const SHORT: Duration = Duration::from_millis(300);

/// A process with an open page that hears everything.
struct Process {
    app: App,
    echo: Echo,
    page: Receiver<Change>,
}

impl Process {
    async fn of(app: App) -> Self {
        let echo = Echo::join(&app).await.expect("it joins");
        let page = app.hub().subscribe();
        Self { app, echo, page }
    }

    async fn step(&mut self) {
        self.echo.step().await.expect("storage serves");
    }

    async fn sweep(&mut self) {
        self.echo.sweep().await.expect("storage serves");
    }

    /// What its page was told since it was asked last.
    fn told(&mut self) -> Vec<Change> {
        iter::from_fn(|| self.page.try_recv().ok()).collect()
    }

    fn publish(&self, change: Change) {
        self.app.hub().publish(change);
    }

    fn publish_clicks(&self, change: Change) {
        self.app.hub().publish_clicks(change);
    }

    fn version(&self) -> u64 {
        self.app.hub().version(SHOP)
    }
}

struct Pair {
    here: Process,
    there: Process,
    test: TestApp,
}

impl OnEngine for Pair {
    async fn on(engine: Engine) -> Self {
        let test = TestApp::new(engine).await;
        let here = Process::of(test.app.clone()).await;
        let there = Process::of(test.beside(2).await).await;
        Self { here, there, test }
    }
}

/// Nobody asks whether it exists.
const SHOP: BusinessId = BusinessId::from_i64(1);

fn of_affiliate(number: u128) -> Change {
    Change {
        business: SHOP,
        affiliate: Some(AffiliateId::from(Uuid::from_u128(number))),
    }
}

const OF_ALL: Change = Change {
    business: SHOP,
    affiliate: None,
};

fn of_business(number: i64) -> Change {
    Change {
        business: BusinessId::from_i64(number),
        affiliate: None,
    }
}

both_engines! {
    async fn it_runs_by_itself_and_notes_at_its_end_what_is_left(pair: Pair) {
        let Pair { here, mut there, .. } = pair;
        let (tell_here, here_told) = oneshot::channel::<()>();
        let (tell_there, there_told) = oneshot::channel::<()>();
        let runs_here = tokio::spawn(here.echo.run(async move { let _ = here_told.await; }));
        let runs_there = tokio::spawn(there.echo.run(async move { let _ = there_told.await; }));

        here.app.hub().publish(OF_ALL);
        assert_eq!(timeout(LONG, there.page.recv()).await.unwrap(), Ok(OF_ALL));
        let maya = of_affiliate(1);
        here.app.hub().publish(maya);
        tell_here.send(()).unwrap();
        timeout(LONG, runs_here).await.unwrap().unwrap();
        assert_eq!(timeout(LONG, there.page.recv()).await.unwrap(), Ok(maya));
        tell_there.send(()).unwrap();
        timeout(LONG, runs_there).await.unwrap().unwrap();
    }

    async fn a_change_is_heard_once_and_only_elsewhere(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let maya = of_affiliate(1);
        here.publish(maya);
        here.publish(maya);
        assert_eq!((here.told(), here.version()), (vec![maya, maya], 2));
        here.step().await;
        there.step().await;
        assert_eq!((there.told(), there.version()), (vec![maya], 1));
        // It does not come back, and is not heard again.
        for _ in 0..2 {
            there.step().await;
            here.step().await;
        }
        assert_eq!((here.told(), here.version()), (Vec::new(), 2));
        assert_eq!((there.told(), there.version()), (Vec::new(), 1));
        // The other way as well, and who joins later hears of what changes after that.
        let mut third = Process::of(test.beside(3).await).await;
        there.publish(OF_ALL);
        there.step().await;
        here.step().await;
        third.step().await;
        assert_eq!((here.told(), third.told()), (vec![OF_ALL], vec![OF_ALL]));
    }

    async fn clicks_leave_what_is_in_memory_alone(pair: Pair) {
        let Pair { mut here, mut there, .. } = pair;
        let maya = of_affiliate(1);
        let told = there.app.hub().told(SHOP);
        here.publish_clicks(maya);
        here.step().await;
        there.step().await;
        assert_eq!((there.told(), there.version()), (vec![maya], 0));
        assert_eq!(there.app.hub().told(SHOP), told + 1, "a page that was read before has missed something");
    }

    async fn each_process_counts_what_it_tells_from_a_number_of_its_own(pair: Pair) {
        let Pair { here, there, .. } = pair;
        let told = |process: &Process| process.app.hub().told(SHOP);
        let (told_here, told_there) = (told(&here), told(&there));
        assert_ne!(told_here, told_there, "a page of the one whose stream the other one has");
        // Numbers that JavaScript has exactly.
        assert!(told_here < 1 << 53 && told_there < 1 << 53);
        here.publish(OF_ALL);
        assert_eq!((told(&here), told(&there)), (told_here + 1, told_there));
    }

    async fn many_affiliates_are_told_as_their_business(pair: Pair) {
        let Pair { mut here, mut there, .. } = pair;
        for number in 1..=MANY {
            here.publish_clicks(of_affiliate(number));
        }
        here.step().await;
        there.step().await;
        assert_eq!((there.told(), there.version()), (vec![OF_ALL], 0));
        // A single change among the clicks counts.
        for number in 1..=MANY {
            here.publish_clicks(of_affiliate(number));
            if number == 10 {
                here.publish(of_affiliate(number));
            }
        }
        here.step().await;
        there.step().await;
        assert_eq!((there.told(), there.version()), (vec![OF_ALL], 1));
    }

    async fn what_changed_in_two_businesses_is_noted_together_and_told_of_each(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let (maya, other) = (of_affiliate(1), of_business(2));
        here.publish(other);
        here.publish(maya);
        here.step().await;
        let notes = "select cast(count(*) as text), cast(count(distinct number) as text) from change_note";
        assert_eq!(test.db.raw().await.texts(notes).await.unwrap(), [["2", "1"]]);
        there.step().await;
        let mut told = there.told();
        told.sort_by_key(|change| change.business);
        assert_eq!(told, [maya, other]);
        let versions = [1, 2, 3].map(|number| there.app.hub().version(BusinessId::from_i64(number)));
        assert_eq!(versions, [1, 1, 0]);
    }

    async fn what_was_noted_meanwhile_is_heard_together(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let (maya, tom) = (of_affiliate(1), of_affiliate(2));
        here.publish(tom);
        here.step().await;
        // Clocks tell nothing.
        test.clock.advance_ms(-3_600_000);
        here.publish(maya);
        here.step().await;
        here.publish(tom);
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [maya, tom]);
    }

    async fn what_could_not_be_written_is_written_later(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let (maya, tom, ada) = (of_affiliate(1), of_affiliate(2), of_affiliate(3));
        here.publish(maya);
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [maya]);
        test.db.execute("alter table change_note rename to elsewhere").await.unwrap();
        here.publish(tom);
        for _ in 0..2 {
            here.echo.step().await.expect_err("there is no table");
        }
        test.db.execute("alter table elsewhere rename to change_note").await.unwrap();
        here.publish(ada);
        here.step().await;
        there.step().await;
        // Also in its order: had it missed a number, it would tell of businesses.
        assert_eq!((there.told(), there.version()), (vec![tom, ada], 3));
        here.step().await;
        assert_eq!(here.told(), [maya, tom, ada], "it does not hear itself");
    }

    async fn a_first_write_that_fails_loses_nothing(test: TestApp) {
        // It would be told of, had anything been missed.
        test.business("Northwind").await;
        let mut here = Process::of(test.app.clone()).await;
        let mut there = Process::of(test.beside(2).await).await;
        let maya = of_affiliate(1);
        here.publish(maya);
        test.db.execute("alter table change_note rename to elsewhere").await.unwrap();
        here.echo.step().await.expect_err("there is no table");
        test.db.execute("alter table elsewhere rename to change_note").await.unwrap();
        there.step().await;
        assert!(there.told().is_empty(), "nothing is noted");
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [maya]);
        here.step().await;
        assert_eq!(here.told(), [maya], "it does not hear itself");
    }

    async fn two_that_note_at_the_same_time_hear_each_other_once(pair: Pair) {
        let Pair { mut here, mut there, .. } = pair;
        let rounds = 20;
        for round in 0..rounds {
            here.publish(of_affiliate(2 * round));
            there.publish(of_affiliate(2 * round + 1));
            tokio::join!(here.step(), there.step());
        }
        let all: Vec<Change> = (0..2 * rounds).map(of_affiliate).collect();
        for process in [&mut here, &mut there] {
            process.step().await;
            let mut told = process.told();
            told.sort_by_key(|change| change.affiliate);
            assert_eq!(told, all);
        }
    }

    async fn who_is_far_behind_or_finds_notes_removed_looks_everywhere(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let shop = test.business("Northwind").await;
        let of_shop = Change { business: shop.id, affiliate: None };
        here.publish(of_affiliate(1));
        here.step().await;
        let raw = test.db.raw().await;
        let count = "select cast(count(*) as text) from change_note";
        assert_ne!(raw.texts(count).await.unwrap(), [["0"]]);
        for _ in 0..2 {
            here.sweep().await;
        }
        assert_eq!(raw.texts(count).await.unwrap(), [["0"]]);
        there.step().await;
        assert_eq!(there.told(), [of_shop]);
        there.step().await;
        assert!(there.told().is_empty(), "once");
        for _ in 0..=BEHIND_MAX {
            here.publish(of_affiliate(1));
            here.step().await;
        }
        there.step().await;
        assert_eq!(there.told(), [of_shop]);
        // From there on it hears as before.
        here.publish(of_affiliate(2));
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [of_affiliate(2)]);
    }

    async fn who_finds_too_many_notes_looks_everywhere(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let shop = test.business("Northwind").await;
        for number in 1..=i64::from(NOTES_MAX) + 1 {
            here.publish(of_business(number));
        }
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [Change { business: shop.id, affiliate: None }]);
        // From there on it hears as before.
        here.publish(of_affiliate(1));
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [of_affiliate(1)]);
    }

    async fn who_is_quiet_for_long_is_forgotten_and_heard_again(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let shop = test.business("Northwind").await;
        here.publish(of_affiliate(1));
        here.step().await;
        there.step().await;
        there.told();
        let raw = test.db.raw().await;
        let count = "select cast(count(*) as text) from change_head";
        assert_eq!(raw.texts(count).await.unwrap(), [["1"]]);
        for _ in 0..=QUIET_SWEEPS {
            there.sweep().await;
        }
        assert_eq!(raw.texts(count).await.unwrap(), [["0"]]);
        // Who has not looked meanwhile goes on.
        here.publish(of_affiliate(2));
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [of_affiliate(2)]);
        for _ in 0..=QUIET_SWEEPS {
            there.sweep().await;
        }
        // Who has looked cannot know what it is missing.
        there.step().await;
        here.publish(of_affiliate(3));
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [Change { business: shop.id, affiliate: None }]);
        here.publish(of_affiliate(4));
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [of_affiliate(4)]);
    }

    async fn a_link_that_is_switched_off_elsewhere_is_forgotten(pair: Pair) {
        let Pair { mut here, mut there, test } = pair;
        let shop = test.business("Northwind").await;
        let campaign = shop.campaign("Spring sale").await;
        let maya = shop.affiliate("Maya").await;
        shop.partnership(&campaign, &maya, "maya").await;
        here.step().await;
        there.step().await;
        let link = click::resolve(&there.app, "maya").await.unwrap().expect("a link");
        assert_eq!(link.state(there.app.now()), LinkState::Live);
        let version = there.app.hub().version(shop.id);

        let path = format!("/campaigns/{}", campaign["id"].as_str().expect("an id"));
        shop.api().patch(&path, json!({"active": false})).await.expect(200);
        here.step().await;
        there.step().await;
        assert_ne!(there.app.hub().version(shop.id), version);
        assert!(click::remembered(&there.app, "maya").is_none(), "it is read again");
        let link = click::resolve(&there.app, "maya").await.unwrap().expect("a link");
        assert_eq!(link.state(there.app.now()), LinkState::CampaignInactive);
    }
}

/// On PostgreSQL; a process that freezes while it has an SQLite file has all writers of that file wait.
#[test]
fn nobody_waits_for_a_process_that_froze_while_it_noted() {
    testkit::block_on(async {
        let Pair {
            mut here,
            mut there,
            test,
        } = Pair::on(Engine::Postgres).await;
        let mut third = Process::of(test.beside(3).await).await;
        there.publish(OF_ALL);
        there.step().await;
        for process in [&mut here, &mut third] {
            process.step().await;
            assert_eq!(process.told(), [OF_ALL]);
        }
        let raw = test.db.raw().await;
        let frozen = "begin; update change_head set number = number + 1";
        raw.execute(frozen).await.unwrap();
        let others = async {
            for number in 1..=3 {
                here.publish(of_affiliate(number));
                here.step().await;
                here.sweep().await;
                third.step().await;
                third.publish(of_affiliate(10 + number));
                third.step().await;
                here.step().await;
            }
        };
        timeout(LONG, others).await.expect("they wait for nobody");
        let all: Vec<Change> = (1..=3)
            .flat_map(|number| [number, 10 + number])
            .map(of_affiliate)
            .collect();
        assert_eq!(here.told(), all);
        assert_eq!(third.told(), all);
        // Nor when its head is to be removed, because it has not moved for so long. Notes of others are removed all the same.
        let sweeps = async {
            for _ in 0..=QUIET_SWEEPS {
                third.publish(OF_ALL);
                third.step().await;
                here.step().await;
                here.sweep().await;
            }
            here.sweep().await;
        };
        timeout(LONG, sweeps).await.expect("they wait for nobody");
        let count = "select cast(count(*) as text) from change_note";
        assert_eq!(raw.texts(count).await.unwrap(), [["0"]]);
        here.told();
        // It wakes.
        raw.execute("rollback").await.unwrap();
        there.publish(OF_ALL);
        there.step().await;
        here.step().await;
        assert_eq!(here.told(), [OF_ALL]);
    });
}

/// On PostgreSQL, where a transaction that was cut off may hold its rows for as long as the server believes in it.
#[test]
fn a_write_that_hangs_is_cut_off_and_waits_for_no_older_one() {
    testkit::block_on(async {
        let test = TestApp::new(Engine::Postgres).await;
        // It would be told of, had anything been missed.
        test.business("Northwind").await;
        let mut here = Process::of(test.app.clone()).await;
        let mut there = Process::of(test.beside(2).await).await;
        let (maya, tom) = (of_affiliate(1), of_affiliate(2));
        here.publish(maya);
        here.step().await;
        there.step().await;
        assert_eq!(there.told(), [maya]);
        let raw = test.db.raw().await;
        let older = "begin; update change_head set number = number + 1; \
            insert into change_note (node, number, business_id, nth, affiliate_id, clicks) \
            select node, number, 1, 0, cast(null as uuid), false from change_head";
        raw.execute(older).await.unwrap();
        here.publish(tom);
        test.app.trial().wait_for_calls(Some(SHORT));
        let cut_off = timeout(LONG, here.echo.step()).await;
        cut_off
            .expect("it is cut off")
            .expect_err("its head is held");
        test.app.trial().wait_for_calls(None);
        timeout(LONG, here.step()).await.expect("it waits no more");
        there.step().await;
        assert_eq!(there.told(), [tom]);
        // The older one is stored after all: what it noted is heard, and not by its own process.
        raw.execute("commit").await.unwrap();
        there.step().await;
        assert_eq!(there.told(), [OF_ALL]);
        here.step().await;
        assert_eq!(here.told(), [maya, tom]);
    });
}
