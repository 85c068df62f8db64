//! From an invitation to a session in the portal.

use std::sync::Arc;

use domain::id::{AffiliateId, BusinessId, PartnershipId};
use domain::status::{AffiliateStatus, InvitationState, MailState};
use domain::time::{DAY_MS, UnixMs};
use service::app::Settings;
use service::clock::MockClock;
use service::identity::business::{self, NewBusiness};
use service::messaging::mail::{self, Filter};
use service::portal::account::Access;
use service::portal::invitation::{self, Acceptance, InvitationView};
use service::portal::session::{self, Client, Entered, LogIn, Opened};
use service::programme::affiliate::{self, AffiliateIn};
use service::programme::campaign::{self, CampaignIn};
use service::programme::partnership::{self, PartnershipIn};
use service::random::SeededRandom;
use service::store::list::Window;
use service::{App, Result, ServiceError};
use testkit::{Engine, OnEngine, TestDb, both_engines};

const START: UnixMs = UnixMs(1_795_255_200_000);
const PASSWORD: &str = "correct horse battery";

/// The application with two businesses, one affiliate each.
struct Portal {
    app: App,
    clock: Arc<MockClock>,
    shop: BusinessId,
    rival: BusinessId,
    maya: AffiliateId,
    _db: TestDb,
}

impl OnEngine for Portal {
    async fn on(engine: Engine) -> Self {
        let db = TestDb::new(engine).await;
        let clock = Arc::new(MockClock::at(START));
        let settings = Settings {
            base_url: "https://portal.test".to_owned(),
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
        let shop = founded(&app, "Fernhill", "owner@fernhill.test").await;
        let rival = founded(&app, "Rival", "owner@rival.test").await;
        let mut work = app.begin(&App::system(shop)).await.unwrap();
        let input = AffiliateIn {
            name: "Maya Okonkwo".to_owned(),
            email: "Maya@Example.test".to_owned(),
            status: Some(AffiliateStatus::Approved),
            ..AffiliateIn::default()
        };
        let maya = affiliate::create(&mut work, input).await.unwrap().id;
        work.commit().await.unwrap();
        Self {
            app,
            clock,
            shop,
            rival,
            maya,
            _db: db,
        }
    }
}

async fn founded(app: &App, name: &str, owner: &str) -> BusinessId {
    let new = NewBusiness {
        name: name.to_owned(),
        owner_email: owner.to_owned(),
        owner_name: "Owner".to_owned(),
        owner_password: PASSWORD.to_owned(),
        currency: "USD".to_owned(),
        timezone: "America/Toronto".to_owned(),
    };
    business::found(app, new).await.unwrap().business.id
}

fn client(host: &str) -> Client {
    Client {
        host: host.to_owned(),
        user_agent: "Test".to_owned(),
    }
}

impl Portal {
    async fn invite(&self) -> InvitationView {
        let mut work = self.app.begin(&App::system(self.shop)).await.unwrap();
        let view = invitation::invite(&mut work, self.maya).await.unwrap();
        work.commit().await.unwrap();
        view
    }

    async fn views(&self) -> Vec<InvitationView> {
        let mut work = self.app.view(&App::system(self.shop)).await.unwrap();
        invitation::for_affiliate(&mut work, self.maya)
            .await
            .unwrap()
    }

    async fn accept(&self, text: &str) -> Result<Opened> {
        let input = Acceptance {
            name: "Maya O.".to_owned(),
            password: PASSWORD.to_owned(),
        };
        invitation::accept(&self.app, self.shop, text, input, &client("portal.test")).await
    }

    async fn log_in(&self, business: BusinessId, email: &str, password: &str) -> Result<Opened> {
        let input = LogIn {
            email: email.to_owned(),
            password: password.to_owned(),
            client: client("portal.test"),
            mark: None,
        };
        match session::log_in(&self.app, business, input).await? {
            Entered::One(opened) => Ok(opened),
            Entered::Several(_) => panic!("one account has this password"),
        }
    }

    async fn mails(&self) -> Vec<mail::MailLine> {
        let mut work = self.app.view(&App::system(self.shop)).await.unwrap();
        mail::list(&mut work, &Filter::default(), Window::all("id"))
            .await
            .unwrap()
    }

    /// A campaign with the affiliate in it.
    async fn join(&self, name: &str, active: bool) -> PartnershipId {
        let mut work = self.app.begin(&App::system(self.shop)).await.unwrap();
        let input = CampaignIn {
            name: name.to_owned(),
            description: "Say <b>nothing</b> of prices.\nAlways link.".to_owned(),
            active: Some(active),
            destination_url: "https://shop.test/".to_owned(),
            ..CampaignIn::default()
        };
        let campaign = campaign::create(&mut work, input).await.unwrap();
        let input = PartnershipIn {
            affiliate_id: self.maya,
            code: None,
        };
        let added = partnership::add(&mut work, campaign.campaign.id, input)
            .await
            .unwrap();
        work.commit().await.unwrap();
        added.partnership.id
    }
}

/// The last part of a link.
fn token(view: &InvitationView) -> String {
    view.link
        .as_deref()
        .and_then(|link| link.rsplit_once('/'))
        .map(|(_, token)| token.to_owned())
        .unwrap_or_default()
}

both_engines! {
    async fn an_invitation_becomes_an_account_once(portal: Portal) {
        let view = portal.invite().await;
        assert_eq!((view.state, view.mail_state), (InvitationState::Queued, Some(MailState::Queued)));
        let link = view.link.clone().unwrap();
        assert!(link.starts_with("https://portal.test/portal/fernhill/invitation/inv_"), "{link}");

        let mails = portal.mails().await;
        assert_eq!(mails.len(), 1);
        let mut work = portal.app.view(&App::system(portal.shop)).await.unwrap();
        let letter = mail::get(&mut work, mails[0].id).await.unwrap();
        assert_eq!((letter.kind.as_str(), letter.to_address.as_str()), ("invitation", "Maya@Example.test"));
        assert!(letter.body_text.contains(&link) && letter.body_html.contains(&link));
        assert!(letter.body_text.contains("5 December 2026"), "{}", letter.body_text);
        drop(work);

        // Looking spends nothing, and only the business that wrote the link knows it.
        let text = token(&view);
        for _ in 0..3 {
            let mut work = portal.app.view(&App::system(portal.shop)).await.unwrap();
            let welcome = invitation::open(&mut work, &text).await.unwrap();
            assert_eq!((welcome.email.as_str(), welcome.state), ("Maya@Example.test", InvitationState::Queued));
        }
        let mut work = portal.app.view(&App::system(portal.rival)).await.unwrap();
        assert!(matches!(invitation::open(&mut work, &text).await, Err(ServiceError::NotFound(_))));
        drop(work);
        let mut forged = text.clone();
        forged.replace_range(forged.len() - 1.., if text.ends_with('0') { "1" } else { "0" });
        assert!(matches!(portal.accept(&forged).await, Err(ServiceError::NotFound(_))));

        let opened = portal.accept(&text).await.unwrap();
        let who = session::authenticate(&portal.app, portal.shop, &opened.cookie, "portal.test").await.unwrap().unwrap();
        assert_eq!((who.account.name.as_str(), who.account.affiliate_id, who.access()), ("Maya O.", Some(portal.maya), Access::Full));
        assert_eq!(portal.views().await[0].state, InvitationState::Accepted);
        assert_eq!(portal.views().await[0].link, None);
        assert!(matches!(portal.accept(&text).await, Err(ServiceError::Conflict(_))));
    }

    async fn two_at_once_make_one_account(portal: Portal) {
        let text = token(&portal.invite().await);
        let (one, two) = tokio::join!(portal.accept(&text), portal.accept(&text));
        assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    }

    async fn bad_input_leaves_the_invitation_open(portal: Portal) {
        let view = portal.invite().await;
        let input = Acceptance { name: "  ".to_owned(), password: "short".to_owned() };
        let refused = invitation::accept(&portal.app, portal.shop, &token(&view), input, &client("portal.test")).await;
        let Err(ServiceError::Invalid(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!(errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), ["name", "password"]);
        assert!(portal.accept(&token(&view)).await.is_ok());
    }

    async fn invitations_end(portal: Portal) {
        let first = portal.invite().await;
        portal.clock.advance_ms(14 * DAY_MS - 1);
        assert!(portal.views().await[0].is_open());
        portal.clock.advance_ms(1);
        assert_eq!(portal.views().await[0].state, InvitationState::Expired);
        assert!(matches!(portal.accept(&token(&first)).await, Err(ServiceError::Conflict(_))));

        // Sent again, the same link works for 14 more days.
        let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
        let again = invitation::resend(&mut work, first.id).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!((again.id, again.link.clone()), (first.id, first.link.clone()));
        assert_eq!(portal.mails().await.len(), 2);

        let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
        invitation::revoke(&mut work, again.id).await.unwrap();
        work.commit().await.unwrap();
        assert!(matches!(portal.accept(&token(&first)).await, Err(ServiceError::Conflict(_))));
        let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
        assert!(matches!(invitation::resend(&mut work, again.id).await, Err(ServiceError::Conflict(_))));
        assert!(matches!(invitation::revoke(&mut work, again.id).await, Err(ServiceError::Conflict(_))));
    }

    async fn a_corrected_address_ends_the_first_link(portal: Portal) {
        let first = portal.invite().await;
        let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
        let refused = invitation::correct_address(&mut work, first.id, "nonsense").await;
        assert!(matches!(refused, Err(ServiceError::Invalid(errors)) if errors[0].field == "email"));
        let second = invitation::correct_address(&mut work, first.id, "maya@fixed.test").await.unwrap();
        work.commit().await.unwrap();
        assert_ne!(second.id, first.id);
        assert!(matches!(portal.accept(&token(&first)).await, Err(ServiceError::Conflict(_))));
        assert!(portal.accept(&token(&second)).await.is_ok());
        assert!(portal.log_in(portal.shop, "MAYA@fixed.test", PASSWORD).await.is_ok());
    }

    async fn campaigns_invite_by_themselves(portal: Portal) {
        portal.join("Sleeping", false).await;
        assert!(portal.views().await.is_empty(), "an inactive campaign invites nobody");
        portal.join("Spring", true).await;
        let views = portal.views().await;
        assert_eq!((views.len(), views[0].campaign.as_deref(), views[0].campaign_inactive), (1, Some("Spring"), false));
        let mails = portal.mails().await;
        assert_eq!(mails.len(), 1);
        let mut work = portal.app.view(&App::system(portal.shop)).await.unwrap();
        let letter = mail::get(&mut work, mails[0].id).await.unwrap();
        assert!(letter.body_html.contains("Say &lt;b&gt;nothing&lt;/b&gt; of prices.<br>Always link."));
        drop(work);
        portal.accept(&token(&views[0])).await.unwrap();
        portal.clock.advance_ms(1);
        portal.join("Summer", true).await;
        let mails = portal.mails().await;
        assert_eq!(mails.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(), ["invitation", "added_to_campaign"]);
        assert!(mails[1].subject.contains("Summer"));
    }

    async fn sessions_belong_to_a_business_and_a_host(portal: Portal) {
        let opened = portal.accept(&token(&portal.invite().await)).await.unwrap();
        let here = |business, cookie: String, host: &'static str| {
            let app = portal.app.clone();
            async move { session::authenticate(&app, business, &cookie, host).await.unwrap().is_some() }
        };
        assert!(here(portal.shop, opened.cookie.clone(), "portal.test").await);
        assert!(!here(portal.rival, opened.cookie.clone(), "portal.test").await, "another business");
        assert!(!here(portal.shop, opened.cookie.clone(), "evil.test").await, "another host");
        assert!(!here(portal.shop, format!("{}x", opened.cookie), "portal.test").await, "another secret");
        let moved = opened.cookie.replacen(&portal.shop.code(), &portal.rival.code(), 1);
        assert!(!here(portal.rival, moved, "portal.test").await, "another business in the text");

        // Used now and then it lives; after 14 idle days, or 90 in all, it has ended.
        for _ in 0..8 {
            portal.clock.advance_ms(11 * DAY_MS);
            assert!(here(portal.shop, opened.cookie.clone(), "portal.test").await);
        }
        portal.clock.advance_ms(2 * DAY_MS);
        assert!(!here(portal.shop, opened.cookie.clone(), "portal.test").await, "90 days");
        let again = portal.log_in(portal.shop, "maya@example.test", PASSWORD).await.unwrap();
        assert_ne!(again.cookie, opened.cookie);
        portal.clock.advance_ms(14 * DAY_MS);
        assert!(!here(portal.shop, again.cookie, "portal.test").await, "14 idle days");
        let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
        assert_eq!(session::clean_up(&mut work).await.unwrap(), 2);
    }

    async fn wrong_passwords_slow_down_and_tell_nothing(portal: Portal) {
        portal.accept(&token(&portal.invite().await)).await.unwrap();
        let text = |result: Result<Opened>| result.err().map(|error| error.to_string()).unwrap_or_default();
        let wrong = text(portal.log_in(portal.shop, "maya@example.test", "not it at all").await);
        let unknown = text(portal.log_in(portal.shop, "nobody@example.test", "not it at all").await);
        assert_eq!(wrong, unknown);
        for email in ["maya@example.test", "nobody@example.test"] {
            assert!(matches!(portal.log_in(portal.shop, email, PASSWORD).await, Err(ServiceError::TooMany { retry_after_s: 1 })), "{email}");
        }
        // The other portal counts apart and does not know her.
        assert!(matches!(portal.log_in(portal.rival, "maya@example.test", PASSWORD).await, Err(ServiceError::Unauthorized(_))));
        portal.clock.advance_ms(1_000);
        assert!(portal.log_in(portal.shop, " MAYA@example.test", PASSWORD).await.is_ok());
    }

    async fn status_decides_what_may_be_done(portal: Portal) {
        let opened = portal.accept(&token(&portal.invite().await)).await.unwrap();
        for (status, access) in [
            (AffiliateStatus::Suspended, Access::ReadOnly),
            (AffiliateStatus::Terminated, Access::Statements),
            (AffiliateStatus::Pending, Access::Application),
            (AffiliateStatus::Approved, Access::Full),
        ] {
            let mut work = portal.app.begin(&App::system(portal.shop)).await.unwrap();
            affiliate::set_status(&mut work, portal.maya, status).await.unwrap();
            work.commit().await.unwrap();
            let who = session::authenticate(&portal.app, portal.shop, &opened.cookie, "portal.test").await.unwrap().unwrap();
            assert_eq!(who.access(), access, "{status}");
        }
        // The last step was an approval, which is told of.
        assert_eq!(portal.mails().await.last().map(|mail| mail.kind.as_str()), Some("affiliate_approved"));
    }

    async fn the_outbox_is_searched_and_counted(portal: Portal) {
        portal.invite().await;
        let mut work = portal.app.view(&App::system(portal.shop)).await.unwrap();
        let filter = |search: &str| Filter { search: Some(search.to_owned()), ..Filter::default() };
        for (search, found) in [("maya OKONKWO", 1), ("example.test", 1), ("affiliate portal", 1), ("100%", 0)] {
            assert_eq!(mail::count(&mut work, &filter(search)).await.unwrap(), found, "{search}");
        }
        let kept = Filter { state: Some(MailState::Kept), kind: Some("invitation".to_owned()), search: None };
        assert_eq!(mail::count(&mut work, &kept).await.unwrap(), 0);
        let counts = mail::count_by_state(&mut work).await.unwrap();
        assert_eq!((counts.len(), counts[0].state, counts[0].mails), (1, MailState::Queued, 1));
        drop(work);
        let mut work = portal.app.view(&App::system(portal.rival)).await.unwrap();
        assert_eq!(mail::count(&mut work, &Filter::default()).await.unwrap(), 0, "another business's outbox");
    }
}
