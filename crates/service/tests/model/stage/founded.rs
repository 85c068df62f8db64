//! The business of a history, founded in the product.

use domain::id::{AffiliateId, CampaignId, GroupId};
use domain::status::{AffiliateStatus, ReferralApproval, Role};
use service::identity::business::{self, NewBusiness};
use service::identity::setting::{self, SettingPatch};
use service::programme::affiliate::{self, AffiliateIn};
use service::programme::affiliate_group::{self, GroupIn, MinimumIn};
use service::programme::campaign::{self, CampaignIn};
use service::programme::partnership::{self, PartnershipIn};
use service::{Actor, App};

use crate::history::{CAMPAIGNS, CURRENCIES, EARNERS, GROUPS, World};

/// A founded business: who is who in the product.
#[derive(Clone)]
pub struct Founded {
    pub world: World,
    pub(super) actor: Actor,
    /// Who notes what only a person may.
    pub(super) owner: Actor,
    pub(super) affiliates: Vec<AffiliateId>,
    pub(super) groups: Vec<GroupId>,
    pub(super) campaigns: Vec<CampaignId>,
}

/// Founds the business of a world, with its people and links, and nothing earned yet.
pub async fn found(app: &App, number: usize) -> Founded {
    let world = World::number(number);
    let new = NewBusiness {
        name: format!("World {number}"),
        owner_email: format!("owner{number}@example.com"),
        owner_name: "Olive".to_owned(),
        owner_password: "correct horse battery staple".to_owned(),
        currency: "USD".to_owned(),
        timezone: world.zone.to_owned(),
    };
    let business::Founded {
        business, staff_id, ..
    } = business::found(app, new).await.expect("founded");
    let id = business.id;
    let actor = App::system(id);
    let owner = Actor::Staff {
        business: id,
        id: staff_id,
        name: "Olive".to_owned(),
        role: Role::Owner,
    };
    let mut work = app.begin(&actor).await.expect("a work");
    let patch = SettingPatch {
        referral_approval: world
            .automatic_referrals
            .then_some(ReferralApproval::Automatic),
        truth_source: world.truth.map(str::to_owned),
        ..SettingPatch::default()
    };
    setting::update(&mut work, patch).await.expect("settings");
    let mut groups = Vec::new();
    for group in 0..GROUPS {
        let minimums = CURRENCIES.iter().map(|&currency| MinimumIn {
            amount: World::group_minimum(group, currency),
            currency: currency.to_owned(),
        });
        let input = GroupIn {
            name: format!("Group {group}"),
            minimum_payout: minimums.filter(|minimum| minimum.amount > 0).collect(),
            ..GroupIn::default()
        };
        let (group, _) = affiliate_group::create(&mut work, input)
            .await
            .expect("a group");
        groups.push(group.id);
    }
    let mut campaigns = Vec::new();
    for campaign in 0..CAMPAIGNS {
        let input = CampaignIn {
            name: format!("Campaign {campaign}"),
            destination_url: "https://shop.example.com/".to_owned(),
            hosts: vec!["shop.example.com".to_owned()],
            ..CampaignIn::default()
        };
        let made = campaign::create(&mut work, input)
            .await
            .expect("a campaign");
        campaigns.push(made.campaign.id);
    }
    // Parents stand behind their children in the list, so the last is made first.
    let mut affiliates: Vec<Option<AffiliateId>> = vec![None; world.affiliates.len()];
    for (at, person) in world.affiliates.iter().enumerate().rev() {
        let input = AffiliateIn {
            name: format!("Affiliate {at}"),
            email: format!("a{at}@affiliates.example.com"),
            status: Some(match person.approved {
                true => AffiliateStatus::Approved,
                false => AffiliateStatus::Suspended,
            }),
            group_id: person.group.map(|group| groups[group]),
            parent_id: person.parent.and_then(|parent| affiliates[parent]),
            country: person.country.map(str::to_owned),
            tags: person.tags.iter().map(|&tag| tag.to_owned()).collect(),
            ..AffiliateIn::default()
        };
        affiliates[at] = Some(affiliate::create(&mut work, input).await.expect("made").id);
    }
    let affiliates: Vec<AffiliateId> = affiliates.into_iter().flatten().collect();
    for (at, campaign) in campaigns.iter().enumerate() {
        for (person, &affiliate_id) in affiliates[..EARNERS].iter().enumerate() {
            let code = Some(code(number, person, at));
            let input = PartnershipIn { affiliate_id, code };
            partnership::add(&mut work, *campaign, input)
                .await
                .expect("a partnership");
        }
    }
    work.commit().await.expect("stored");
    Founded {
        world,
        actor,
        owner,
        affiliates,
        groups,
        campaigns,
    }
}

pub(super) fn code(world: usize, affiliate: usize, campaign: usize) -> String {
    format!("w{world}-a{affiliate}-c{campaign}")
}
