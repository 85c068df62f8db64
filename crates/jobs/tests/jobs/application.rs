//! Forms of applicants that cannot be taken on: kept for staff when the job is given up, and tried again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::status::{ApplicationRule, QuestionKind};
use jobs::application::ApplicationTaker;
use jobs::{BoxFuture, Handler, JobError, Limits, Runner};
use service::app::Settings;
use service::job::{self, Job};
use service::portal::application::{self, FormIn, Sent, Stuck};
use service::portal::question::{self, QuestionIn};
use service::random::SeededRandom;
use service::{App, ServiceError};
use testkit::{Shop, TestApp, both_engines};

const EVE: &str = "eve@letters.example";

/// Opens the form with a question, and sends it.
async fn send(test: &TestApp, shop: &Shop<'_>) {
    let mut work = shop.work().await;
    let form = FormIn {
        open: true,
        intro: String::new(),
        terms_url: String::new(),
        rule: ApplicationRule::Off,
        domains: String::new(),
        group_id: None,
        campaign_id: None,
    };
    application::set_form(&mut work, form)
        .await
        .expect("a form");
    let asked = QuestionIn {
        kind: QuestionKind::LongText,
        label: "How will you recommend us?".to_owned(),
        hint: String::new(),
        choices: String::new(),
        required: true,
    };
    let asked = question::add(&mut work, asked).await.expect("a question");
    work.commit().await.expect("stored");
    let token = application::token(&test.app, shop.id);
    test.clock.advance_ms(application::QUICKEST_MS);
    let sent = Sent {
        token,
        name: "Eve Stone".to_owned(),
        email: EVE.to_owned(),
        website: "letters.example".to_owned(),
        audience: "Gardeners".to_owned(),
        answers: BTreeMap::from([(asked.id, "By letters".to_owned())]),
        ..Sent::default()
    };
    application::submit(&test.app, shop.id, sent)
        .await
        .expect("sent");
}

/// A runner of the program with this secret key.
fn runner(test: &TestApp, secret_key: [u8; 32]) -> Runner {
    let settings = Settings {
        secret_key,
        ..test.app.settings().clone()
    };
    let random = Arc::new(SeededRandom::new(99));
    let app = App::new(test.db.db.clone(), test.clock.clone(), random, settings);
    Runner::new(app, Limits::default()).handle(ApplicationTaker)
}

async fn stuck(shop: &Shop<'_>) -> Vec<Stuck> {
    let mut work = shop.work().await;
    application::stuck(&mut work).await.expect("forms")
}

/// Jobs that wait or run, and those that were given up.
async fn jobs_of(test: &TestApp) -> (i64, i64) {
    let mut system = test.app.db().system_read().await.expect("a transaction");
    let states = service::store::job::states(&mut system)
        .await
        .expect("counted");
    (states.waiting, states.failed)
}

/// Is told when its job is given up, once it hears.
struct Deaf(Arc<AtomicBool>);

impl Handler for Deaf {
    fn kind(&self) -> &'static str {
        "test.deaf"
    }

    fn run<'a>(&'a self, _: &'a App, _: &'a Job) -> BoxFuture<'a, Result<(), JobError>> {
        Box::pin(async { Err(JobError::Never("it never will".to_owned())) })
    }

    fn given_up<'a>(
        &'a self,
        _: &'a App,
        _: &'a Job,
        _: &'a str,
    ) -> BoxFuture<'a, Result<(), ServiceError>> {
        Box::pin(async move {
            if self.0.load(Ordering::SeqCst) {
                Ok(())
            } else {
                Err(ServiceError::Internal("did not hear".to_owned()))
            }
        })
    }
}

both_engines! {
    async fn a_form_that_is_given_up_waits_for_staff_and_is_tried_again(test: TestApp) {
        let (shop, rival) = (test.business("Fernhill").await, test.business("Rival").await);
        send(&test, &shop).await;
        let sent_at = test.app.now();

        // The program has another key than the form was sealed under: it fails at every try.
        let astray = runner(&test, [8; 32]);
        let mut tries = 0;
        for wait in std::iter::once(&0).chain(job::BACK_OFF_MS) {
            assert!(stuck(&shop).await.is_empty(), "not before the last try");
            test.clock.advance_ms(*wait);
            tries += astray.run_due().await.expect("done");
        }
        assert_eq!(i64::try_from(tries).expect("a few"), job::ATTEMPTS_MAX);
        assert_eq!(jobs_of(&test).await, (0, 1));
        assert!(stuck(&rival).await.is_empty());
        let found = stuck(&shop).await;
        assert_eq!(found.len(), 1);
        let found = &found[0];
        assert!(found.error.contains("does not open"), "{}", found.error);
        assert_eq!(found.failed_at, test.app.now());
        let typed = found.typed.as_ref().expect("what was typed");
        assert_eq!((typed.name.as_str(), typed.email.as_str(), typed.audience.as_str()), ("Eve Stone", EVE, "Gardeners"));
        assert!(typed.website.contains("letters.example"), "{}", typed.website);
        assert_eq!(typed.answers.len(), 1);
        assert_eq!((typed.answers[0].question.as_str(), typed.answers[0].answer.as_str()), ("How will you recommend us?", "By letters"));
        assert_eq!(typed.sent_at, sent_at);
        let mut work = rival.work().await;
        assert!(matches!(application::try_again(&mut work, found.id).await, Err(ServiceError::NotFound(_))));
        drop(work);

        // Tried again where it can be opened, it becomes the application that it was.
        let mut work = shop.work().await;
        application::try_again(&mut work, found.id).await.expect("tried again");
        work.commit().await.expect("stored");
        assert!(stuck(&shop).await.is_empty());
        assert_eq!(runner(&test, [7; 32]).run_due().await.expect("done"), 1);
        let mut work = shop.work().await;
        let (application, answers) = application::get(&mut work, found.id).await.expect("an application");
        assert_eq!((application.name.as_str(), application.email.as_str()), ("Eve Stone", EVE));
        assert_eq!((application.audience.as_str(), application.created_at_ms), ("Gardeners", sent_at));
        assert_eq!(answers, typed.answers);
        drop(work);
        assert_eq!(jobs_of(&test).await, (0, 1));
    }

    async fn a_form_that_another_worker_has_is_not_set_aside(test: TestApp) {
        let shop = test.business("Fernhill").await;
        send(&test, &shop).await;
        let slow = test.claimed(application::TAKE_JOB).await.remove(0);
        test.clock.advance_ms(job::LEASE_MS);
        assert_eq!(runner(&test, [7; 32]).run_due().await.expect("done"), 1);
        let payload = serde_json::from_str(&slow.payload).expect("a payload");
        let late = application::set_aside(&test.app, shop.id, &slow, &payload, "too late").await;
        assert!(matches!(late, Err(ServiceError::Conflict(_))), "{late:?}");
        assert!(stuck(&shop).await.is_empty());
        assert_eq!(jobs_of(&test).await, (0, 0));
    }

    async fn a_job_is_given_up_once_that_is_told(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut work = shop.work().await;
        job::enqueue(&mut work, "test.deaf", &()).await.expect("queued");
        work.commit().await.expect("stored");
        let hears = Arc::new(AtomicBool::new(false));
        let runner = Runner::new(test.app.clone(), Limits::default()).handle(Deaf(hears.clone()));
        assert_eq!(runner.run_due().await.expect("done"), 1);
        assert_eq!(jobs_of(&test).await, (1, 0));
        assert_eq!(runner.run_due().await.expect("done"), 0, "the lease holds");
        hears.store(true, Ordering::SeqCst);
        test.clock.advance_ms(job::LEASE_MS);
        assert_eq!(runner.run_due().await.expect("done"), 1);
        assert_eq!(jobs_of(&test).await, (0, 1));
    }

    async fn a_job_of_which_nobody_can_be_told_ends_all_the_same(test: TestApp) {
        let shop = test.business("Fernhill").await;
        let mut work = shop.work().await;
        job::enqueue(&mut work, "test.deaf", &()).await.expect("queued");
        work.commit().await.expect("stored");
        let never = Arc::new(AtomicBool::new(false));
        let runner = Runner::new(test.app.clone(), Limits::default()).handle(Deaf(never));
        let bound = job::ATTEMPTS_MAX + job::UNTOLD_MAX;
        for tries in 1..=bound {
            assert_eq!(jobs_of(&test).await, (1, 0), "after {} tries", tries - 1);
            assert_eq!(runner.run_due().await.expect("done"), 1, "try {tries}");
            assert_eq!(runner.run_due().await.expect("done"), 0, "it waits after try {tries}");
            test.clock.advance_ms(job::LEASE_MS);
        }
        assert_eq!(jobs_of(&test).await, (0, 1), "it ends as failed");
        assert_eq!(runner.run_due().await.expect("done"), 0);
        let raw = test.db.raw().await;
        let left = raw.texts("select last_error from job").await.expect("jobs");
        assert_eq!(left, [["it never will; nobody could be told: internal: did not hear"]]);
        let figures = service::metrics::read(&test.app).await.expect("figures");
        assert_eq!((figures.jobs.waiting, figures.jobs.failed), (0, 1), "a monitor sees it");
    }
}
