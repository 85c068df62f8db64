//! Queued mail on its way to a mail server.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use domain::id::BusinessId;
use domain::status::{AffiliateStatus, InvitationState, MailState};
use domain::time::UnixMs;
use jobs::mail::{MailConfig, Mailer};
use jobs::{Limits, Periodic, Runner, stop};
use service::app::Settings;
use service::clock::MockClock;
use service::identity::business::{self, NewBusiness};
use service::messaging::mail::{self, Filter, MailLine};
use service::portal::invitation;
use service::programme::affiliate::{self, AffiliateIn};
use service::random::SeededRandom;
use service::store::list::Window;
use service::{App, domain, job, store};
use testkit::{Engine, OnEngine, TestDb, both_engines};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

const BASE_URL: &str = "https://portal.test";

/// How the mail server takes recipients.
#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Takes,
    Busy,
    Refuses,
}

/// A mail server that keeps what it takes.
struct MailServer {
    url: String,
    taken: Arc<Mutex<Vec<String>>>,
    mood: Arc<Mutex<Mood>>,
}

impl MailServer {
    async fn start(mood: Mood) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (taken, mood) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(mood)));
        let server = Self {
            url,
            taken: taken.clone(),
            mood: mood.clone(),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mood = *mood.lock().unwrap();
                converse(stream, mood, &taken).await;
            }
        });
        server
    }

    fn taken(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }
}

/// One conversation. A message is kept before the client reads that it was taken.
async fn converse(stream: TcpStream, mood: Mood, taken: &Mutex<Vec<String>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 test\r\n").await.ok()?;
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let reply: &[u8] = match (
            line.get(..4)
                .unwrap_or_default()
                .to_ascii_uppercase()
                .as_str(),
            mood,
        ) {
            ("RCPT", Mood::Busy) => b"451 come back later\r\n",
            ("RCPT", Mood::Refuses) => b"550 no such mailbox\r\n",
            ("DATA", _) => {
                stream.write_all(b"354 go on\r\n").await.ok()?;
                let mut text = String::new();
                while !text.ends_with("\r\n.\r\n") {
                    if stream.read_line(&mut text).await.ok()? == 0 {
                        return None;
                    }
                }
                taken.lock().unwrap().push(text);
                b"250 taken\r\n"
            }
            ("QUIT", _) => b"221 bye\r\n",
            _ => b"250 ok\r\n",
        };
        stream.write_all(reply).await.ok()?;
    }
}

/// The application with one invitation in its outbox.
struct Outbox {
    app: App,
    clock: Arc<MockClock>,
    shop: BusinessId,
    affiliate: domain::id::AffiliateId,
    _db: TestDb,
}

impl OnEngine for Outbox {
    async fn on(engine: Engine) -> Self {
        let db = TestDb::new(engine).await;
        let clock = Arc::new(MockClock::at(UnixMs(1_795_255_200_000)));
        let settings = Settings {
            base_url: BASE_URL.to_owned(),
            demo: false,
            mail_server: true,
            secret_key: [7; 32],
            trusted_proxies: Vec::new(),
            metrics_token: String::new(),
        };
        let app = App::new(
            db.db.clone(),
            clock.clone(),
            Arc::new(SeededRandom::new(1)),
            settings,
        );
        let new = NewBusiness {
            name: "Fern & Hill".to_owned(),
            owner_email: "owner@fernhill.test".to_owned(),
            owner_name: "Owner".to_owned(),
            owner_password: "correct horse battery".to_owned(),
            currency: "USD".to_owned(),
            timezone: "UTC".to_owned(),
        };
        let shop = business::found(&app, new).await.unwrap().business.id;
        let mut work = app.begin(&App::system(shop)).await.unwrap();
        let input = AffiliateIn {
            name: "Zoë Maier".to_owned(),
            email: "zoe@example.test".to_owned(),
            status: Some(AffiliateStatus::Approved),
            ..AffiliateIn::default()
        };
        let affiliate = affiliate::create(&mut work, input).await.unwrap().id;
        invitation::invite(&mut work, affiliate).await.unwrap();
        work.commit().await.unwrap();
        Self {
            app,
            clock,
            shop,
            affiliate,
            _db: db,
        }
    }
}

impl Outbox {
    fn runner(&self, server: Option<&MailServer>) -> Runner {
        self.runner_from(server, None)
    }

    /// A runner whose mail comes from this address.
    fn runner_from(&self, server: Option<&MailServer>, from: Option<&str>) -> Runner {
        let config = server.map(|server| MailConfig {
            url: server.url.clone(),
            from: from.map(str::to_owned),
        });
        let mailer = Mailer::new(config.as_ref(), BASE_URL).unwrap();
        Runner::new(
            self.app.clone(),
            Limits {
                poll: Duration::from_millis(10),
                ..Limits::default()
            },
        )
        .handle(mailer)
    }

    async fn mail(&self) -> MailLine {
        let mut work = self.app.view(&App::system(self.shop)).await.unwrap();
        mail::list(&mut work, &Filter::default(), Window::all("id"))
            .await
            .unwrap()
            .remove(0)
    }

    async fn invitation(&self) -> InvitationState {
        let mut work = self.app.view(&App::system(self.shop)).await.unwrap();
        invitation::for_affiliate(&mut work, self.affiliate)
            .await
            .unwrap()[0]
            .state
    }

    async fn open_jobs(&self) -> i64 {
        store::job::count_open(&mut self.app.db().system_read().await.unwrap())
            .await
            .unwrap()
    }
}

both_engines! {
    async fn a_queued_mail_is_sent_once(outbox: Outbox) {
        let server = MailServer::start(Mood::Takes).await;
        let runner = outbox.runner(Some(&server));
        assert_eq!(runner.run_due().await.unwrap(), 1);
        assert_eq!(runner.run_due().await.unwrap(), 0);
        let taken = server.taken();
        assert_eq!(taken.len(), 1);
        let mail = outbox.mail().await;
        for header in [
            format!("Message-ID: <{}@portal.test>", mail.id),
            "<no-reply@portal.test>\r\nTo: ".to_owned(),
            "Auto-Submitted: auto-generated".to_owned(),
            "multipart/alternative".to_owned(),
        ] {
            assert!(taken[0].contains(&header), "{header}\n{}", taken[0]);
        }
        assert_eq!((mail.state, mail.sent_at_ms), (MailState::Sent, Some(outbox.app.now())));
        assert_eq!(outbox.invitation().await, InvitationState::Sent);
        assert_eq!(outbox.open_jobs().await, 0);
    }

    async fn a_mail_names_its_sender_and_nobody_else(outbox: Outbox) {
        let server = MailServer::start(Mood::Takes).await;
        let runner = outbox.runner_from(Some(&server), Some("hello@mail.fernhill.test"));
        assert_eq!(runner.run_due().await.unwrap(), 1);
        let mail = outbox.mail().await;
        let taken = server.taken().remove(0);
        for header in [
            format!("Message-ID: <{}@mail.fernhill.test>", mail.id),
            // “Fern & Hill”, as a header writes it.
            "From: =?utf-8?b?RmVybiAmIEhpbGw=?= <hello@mail.fernhill.test>".to_owned(),
            "Date: ".to_owned(),
        ] {
            assert!(taken.contains(&header), "{header}\n{taken}");
        }
        assert!(!taken.to_lowercase().contains("tributary"), "{taken}");
    }

    async fn a_busy_server_is_tried_again(outbox: Outbox) {
        let server = MailServer::start(Mood::Busy).await;
        let runner = outbox.runner(Some(&server));
        runner.run_due().await.unwrap();
        let mail = outbox.mail().await;
        assert_eq!(mail.state, MailState::Queued);
        assert!(mail.last_error.is_some_and(|error| error.contains("451")));
        assert_eq!(runner.run_due().await.unwrap(), 0, "not at once");
        server.set(Mood::Takes);
        outbox.clock.advance_ms(job::BACK_OFF_MS[0]);
        assert_eq!(runner.run_due().await.unwrap(), 1);
        assert_eq!(outbox.mail().await.state, MailState::Sent);
    }

    async fn at_last_it_is_given_up_and_can_be_sent_again(outbox: Outbox) {
        let server = MailServer::start(Mood::Busy).await;
        let runner = outbox.runner(Some(&server));
        let mut tries = 0;
        for wait in std::iter::once(&0).chain(job::BACK_OFF_MS) {
            outbox.clock.advance_ms(*wait);
            tries += runner.run_due().await.unwrap();
        }
        assert_eq!(i64::try_from(tries).unwrap(), job::ATTEMPTS_MAX);
        let given_up = outbox.mail().await;
        assert_eq!((given_up.state, outbox.open_jobs().await), (MailState::Failed, 0));
        server.set(Mood::Takes);
        let mut work = outbox.app.begin(&App::system(outbox.shop)).await.unwrap();
        mail::send_again(&mut work, given_up.id).await.unwrap();
        work.commit().await.unwrap();
        runner.run_due().await.unwrap();
        assert_eq!((outbox.mail().await.state, outbox.invitation().await), (MailState::Sent, InvitationState::Sent));
    }

    async fn a_refused_address_bounces(outbox: Outbox) {
        let server = MailServer::start(Mood::Refuses).await;
        outbox.runner(Some(&server)).run_due().await.unwrap();
        let mail = outbox.mail().await;
        assert_eq!(mail.state, MailState::Failed);
        assert!(mail.last_error.is_some_and(|error| error.contains("550")));
        assert_eq!((outbox.invitation().await, outbox.open_jobs().await), (InvitationState::Bounced, 0));
    }

    async fn without_a_server_mail_is_kept(outbox: Outbox) {
        outbox.runner(None).run_due().await.unwrap();
        assert_eq!((outbox.mail().await.state, outbox.open_jobs().await), (MailState::Kept, 0));
    }

    async fn a_dead_worker_leaves_its_job_to_the_next(outbox: Outbox) {
        let server = MailServer::start(Mood::Takes).await;
        let dead = job::claim(&outbox.app, &[mail::SEND_JOB], 10).await.unwrap();
        assert_eq!(dead.len(), 1);
        let runner = outbox.runner(Some(&server));
        assert_eq!(runner.run_due().await.unwrap(), 0, "the lease holds");
        outbox.clock.advance_ms(job::LEASE_MS);
        assert_eq!(runner.run_due().await.unwrap(), 1);
        // The dead one wakes up: its claim is void.
        let mut work = outbox.app.begin(&App::system(outbox.shop)).await.unwrap();
        assert!(job::complete(&mut work, &dead[0]).await.is_err());
        drop(work);
        assert_eq!(server.taken().len(), 1);
    }

    async fn what_nobody_here_does_waits_for_who_does(outbox: Outbox) {
        let other = Runner::new(outbox.app.clone(), Limits::default()).handle(jobs::callback::Callbacks);
        assert_eq!(other.run_due().await.unwrap(), 0);
        assert_eq!(outbox.open_jobs().await, 1);
        let server = MailServer::start(Mood::Takes).await;
        assert_eq!(outbox.runner(Some(&server)).run_due().await.unwrap(), 1);
        assert_eq!((server.taken().len(), outbox.open_jobs().await), (1, 0));
    }

    async fn what_nobody_does_any_more_is_removed_at_last(outbox: Outbox) {
        let mut work = outbox.app.begin(&App::system(outbox.shop)).await.unwrap();
        job::enqueue(&mut work, "of.another.program", &()).await.unwrap();
        work.commit().await.unwrap();
        for (days, open) in [(29, 2), (2, 1)] {
            outbox.clock.advance_ms(days * 86_400_000);
            service::clean_up::installation(&outbox.app).await.unwrap();
            assert_eq!(outbox.open_jobs().await, open);
        }
        // The mail that waited meanwhile goes out.
        let server = MailServer::start(Mood::Takes).await;
        assert_eq!(outbox.runner(Some(&server)).run_due().await.unwrap(), 1);
        assert_eq!(server.taken().len(), 1);
    }

    async fn a_job_is_claimed_by_one(outbox: Outbox) {
        let (one, two) = tokio::join!(job::claim(&outbox.app, &[mail::SEND_JOB], 10), job::claim(&outbox.app, &[mail::SEND_JOB], 10));
        assert_eq!(one.unwrap().len() + two.unwrap().len(), 1);
    }

    async fn a_change_that_is_not_committed_queues_nothing(outbox: Outbox) {
        let before = outbox.open_jobs().await;
        let mut work = outbox.app.begin(&App::system(outbox.shop)).await.unwrap();
        invitation::invite(&mut work, outbox.affiliate).await.unwrap();
        drop(work);
        assert_eq!(outbox.open_jobs().await, before);
    }

    async fn the_runner_works_until_told_to_stop(outbox: Outbox) {
        let server = MailServer::start(Mood::Takes).await;
        let ticks = Arc::new(Mutex::new(0));
        let counted = ticks.clone();
        let tick = Periodic::new("tick", Duration::from_millis(5), move |_| {
            *counted.lock().unwrap() += 1;
            async { Ok(()) }
        });
        let (handle, signal) = stop();
        let running = tokio::spawn(outbox.runner(Some(&server)).every(tick).every(jobs::clean_up::clean_up()).run(signal));
        let worked = async {
            while outbox.mail().await.state != MailState::Sent || *ticks.lock().unwrap() < 2 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let worked = tokio::time::timeout(Duration::from_secs(30), worked).await;
        handle.stop();
        running.await.unwrap();
        worked.expect("the mail is sent, and more than one tick has come");
    }
}
