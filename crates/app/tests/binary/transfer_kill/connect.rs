//! The connections to the providers, and where each affiliate is paid.

use std::path::Path;
use std::sync::Arc;

use domain::id::{AccountId, AffiliateId, BusinessId};
use domain::status::{PayoutMethodKind, ProviderKind};
use domain::text::fold;
use fake_provider::{Fake, Hook, WISE_PUBLIC_KEY};
use service::app::Settings;
use service::clock::SystemClock;
use service::programme::payout_method::{self, PayoutMethodIn};
use service::programme::provider::{self, ProviderIn};
use service::random::SystemRandom;
use service::{Actor, App};
use store::db::{DatabaseUrl, Db};
use store::portal::account::{self, NewAccount};

/// Connects the providers and says where each affiliate is paid, as pages would.
pub async fn connect(
    folder: &Path,
    business: BusinessId,
    fake: &Fake,
    port: u16,
    whom: &[(String, ProviderKind)],
) {
    let db = Db::connect(&DatabaseUrl::Sqlite(folder.join("tributary.db")))
        .await
        .unwrap();
    let settings = Settings {
        base_url: "http://localhost:8080".to_owned(),
        demo: false,
        mail_server: false,
        secret_key: [9; 32],
        trusted_proxies: Vec::new(),
        metrics_token: String::new(),
    };
    let random = Arc::new(SystemRandom::new().unwrap());
    let app = App::new(db.clone(), Arc::new(SystemClock), random, settings);
    let mut work = app.begin(&App::system(business)).await.unwrap();
    payout_method::set_hold_days(&mut work, 0).await.unwrap();
    for kind in ProviderKind::ALL {
        let input = ProviderIn {
            base_url: fake.base_url(),
            client_id: "client-id".to_owned(),
            secret: "secret-key-of-a-provider".to_owned(),
            webhook_id: "WEBHOOK1".to_owned(),
            webhook_secret: "whsec_of_the_test".to_owned(),
            profile: "77".to_owned(),
            source_currency: "USD".to_owned(),
            webhook_key: WISE_PUBLIC_KEY.to_owned(),
        };
        provider::save(&mut work, *kind, input).await.unwrap();
    }
    for connection in provider::list(&mut work).await.unwrap() {
        fake.hook(Hook {
            provider: connection.kind.to_string(),
            url: format!(
                "http://127.0.0.1:{port}/hooks/{}/{}",
                connection.kind, connection.endpoint
            ),
            secret: match connection.kind {
                ProviderKind::PayPal => "WEBHOOK1".to_owned(),
                _ => "whsec_of_the_test".to_owned(),
            },
        });
    }
    work.commit().await.unwrap();
    for (number, (affiliate, provider)) in whom.iter().enumerate() {
        let affiliate: AffiliateId = affiliate.parse().unwrap();
        let mut work = app.begin(&App::system(business)).await.unwrap();
        let email = format!("maria-{number}@affiliate.example");
        let id: AccountId = work.new_id();
        let new = NewAccount {
            id,
            email: &email,
            email_folded: &fold(&email),
            name: "Maria",
            password_hash: "none",
            affiliate_id: Some(affiliate),
            created_at_ms: work.now,
        };
        account::insert(&mut work.tx, &new).await.unwrap();
        work.commit().await.unwrap();
        let actor = Actor::Account {
            business,
            id,
            name: "Maria".to_owned(),
            affiliate: Some(affiliate),
        };
        let mut work = app.begin(&actor).await.unwrap();
        let input = PayoutMethodIn {
            kind: match provider {
                ProviderKind::PayPal => PayoutMethodKind::PayPal,
                ProviderKind::Stripe => PayoutMethodKind::Stripe,
                ProviderKind::Wise => PayoutMethodKind::Wise,
            },
            email: email.clone(),
            account: format!("acct_1Nv0FGQ9RKHg{number:04}"),
            iban: String::new(),
            bic: String::new(),
            holder: String::new(),
            text: String::new(),
            legal_name: "Maria Ltd".to_owned(),
            vat_id: String::new(),
        };
        payout_method::set(&mut work, input).await.unwrap();
        work.commit().await.unwrap();
    }
    db.close().await;
}
