//! Everybody who calls: staff, affiliates and others, of this business and of another.

use std::collections::BTreeMap;

use domain::id::{AccountId, uuid_v7};
use domain::status::Role;
use domain::text::fold;
use service::identity::password;
use service::store::portal::account::{self, NewAccount};
use testkit::{Client, Shop, TestApp};

use crate::pages::furnish;

const PASSWORD: &str = "correct horse battery staple";

/// Who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// Without any log-in.
    Nobody,
    /// An affiliate of another business.
    Stranger,
    /// An account of this business without any app.
    Person,
    /// Another affiliate of this business, who has nothing yet.
    Other,
    /// The affiliate whose things they are.
    Ada,
    /// The owner of another business.
    TheirOwner,
    Agent,
    Admin,
    /// The owner, whose passkey and session they are.
    Owner,
}

impl Caller {
    /// A page that gives the token of this caller's forms.
    pub fn home(self, slug: &str) -> Option<String> {
        match self {
            Self::Nobody | Self::Stranger => None,
            Self::Person | Self::Other | Self::Ada => Some(format!("/portal/{slug}/home")),
            Self::TheirOwner | Self::Agent | Self::Admin | Self::Owner => {
                Some("/admin/account".to_owned())
            }
        }
    }

    pub const fn is_staff(self) -> bool {
        matches!(
            self,
            Self::TheirOwner | Self::Agent | Self::Admin | Self::Owner
        )
    }
}

/// Everybody, and what they may ask for.
pub struct Everybody {
    pub callers: Vec<(Caller, Client)>,
    pub slug: String,
    /// Ids by the word of the address they belong to.
    pub own: BTreeMap<&'static str, String>,
}

pub async fn everybody(test: &TestApp) -> Everybody {
    let (ours, theirs) = (
        test.business("Northwind").await,
        test.business("Southwind").await,
    );
    let mut own = furnish(&ours).await;
    furnish(&theirs).await;
    // Affiliates do not see drafts.
    let approve = format!("/payouts/{}/approve", own["payouts"]);
    ours.api()
        .post(&approve, serde_json::json!({}))
        .await
        .expect(200);
    let other = ours.affiliate("Grace").await;
    let stranger = theirs.affiliate("Linus").await;
    let mut owner = ours.browser().await;
    own.insert("team invitations", invited(&mut owner).await);
    let mut callers = vec![
        (Caller::Nobody, test.browser()),
        (Caller::Stranger, theirs.portal(&stranger).await),
        (Caller::Person, person(test, &ours).await),
        (Caller::Other, ours.portal(&other).await),
        (
            Caller::Ada,
            log_in(test, &ours, "ada@affiliates.example.com").await,
        ),
        (Caller::TheirOwner, theirs.browser().await),
        (Caller::Agent, ours.member("Agent", Role::Agent).await),
        (Caller::Admin, ours.colleague().await),
        (Caller::Owner, owner),
    ];
    let slug = ours.slug.clone();
    for (caller, browser) in &mut callers {
        if let Some(home) = caller.home(&slug) {
            browser.get(&home).await.expect(200);
        }
    }
    Everybody { callers, slug, own }
}

/// A browser in which a person of the portal without any app has logged in.
async fn person(test: &TestApp, shop: &Shop<'_>) -> Client {
    let email = "plain@people.example.com";
    let hash = password::hash(&test.app, PASSWORD).await.expect("a hash");
    let mut work = shop.work().await;
    let new = NewAccount {
        id: AccountId::from(uuid_v7(1, [9; 10])),
        email,
        email_folded: &fold(email),
        name: "Plain",
        password_hash: &hash,
        affiliate_id: None,
        created_at_ms: work.now,
    };
    account::insert(&mut work.tx, &new)
        .await
        .expect("an account");
    work.commit().await.expect("stored");
    shop.profile_told(email).await;
    log_in(test, shop, email).await
}

/// A browser in which a person of the portal has logged in who has an account already.
async fn log_in(test: &TestApp, shop: &Shop<'_>, email: &str) -> Client {
    let mut browser = test.browser();
    let path = format!("/portal/{}/log-in", shop.slug);
    browser.get(&path).await.expect(200);
    browser
        .post(&path, &[("email", email), ("password", PASSWORD)])
        .await
        .expect(303);
    browser
}

/// The id of an invitation to the team.
async fn invited(owner: &mut Client) -> String {
    let team = "/admin/settings/team";
    owner.get(team).await.expect(200);
    let form = [
        ("name", "Sam"),
        ("email", "sam@team.example"),
        ("role", "agent"),
    ];
    owner
        .post(&format!("{team}/invite"), &form)
        .await
        .expect(303);
    let page = owner.get(team).await.expect(200).text();
    let (_, after) = page
        .split_once(&format!("{team}/invitations/"))
        .expect("an invitation");
    after.split('/').next().expect("an id").to_owned()
}
