//! The details of an affiliate, as staff wrote them and as they told them in the portal.

use jiff::tz::TimeZone;
use service::portal::account::Account;
use service::portal::profile::Profile;
use service::programme::affiliate::Affiliate;

use crate::admin::affiliate::PATH;
use crate::admin::affiliate::shown::deal_type_label;
use crate::moment::Moment;
use crate::shown::payout::payout_method_label;

/// A line of the details.
pub(super) struct Fact {
    pub(super) term: &'static str,
    pub(super) value: String,
    /// Empty for plain text.
    pub(super) href: String,
    pub(super) outside: bool,
}

pub(super) fn facts(
    affiliate: &Affiliate,
    parent: Option<Affiliate>,
    zone: &TimeZone,
) -> Vec<Fact> {
    let plain = |term: &'static str, value: String| Fact {
        term,
        value,
        href: String::new(),
        outside: false,
    };
    let mut facts = Vec::new();
    let mut add = |term: &'static str, value: &Option<String>| {
        if let Some(value) = value {
            facts.push(plain(term, value.clone()));
        }
    };
    add("Company", &affiliate.company);
    add("Phone", &affiliate.phone);
    if let Some(website) = &affiliate.website {
        facts.push(Fact {
            term: "Website",
            value: website.clone(),
            href: website.clone(),
            outside: true,
        });
    }
    let mut add = |term: &'static str, value: Option<String>| {
        if let Some(value) = value {
            facts.push(plain(term, value));
        }
    };
    add("Country", affiliate.country.clone());
    add("Traffic source", affiliate.traffic_source.clone());
    add(
        "Deal type",
        affiliate
            .deal_type
            .map(|deal| deal_type_label(deal).to_owned()),
    );
    add(
        "Payout method",
        affiliate.payout_method.as_deref().map(payout_method_label),
    );
    if let Some(parent) = parent {
        let href = format!("{PATH}/{}", parent.id);
        facts.push(Fact {
            term: "Brought by",
            value: parent.name,
            href,
            outside: false,
        });
    }
    facts.push(plain(
        "Added",
        Moment::new(affiliate.created_at_ms, zone).date,
    ));
    if let Some(at) = affiliate.approved_at_ms {
        facts.push(plain("Approved", Moment::new(at, zone).date));
    }
    facts.push(plain("Id", affiliate.id.to_string()));
    facts
}

/// The profile of a portal account, without what was left blank.
pub(super) fn profile_facts(told: Option<(Account, Profile)>) -> Vec<(&'static str, String)> {
    let Some((account, profile)) = told else {
        return Vec::new();
    };
    let Profile {
        phone,
        company,
        country,
        street,
        city,
        postcode,
        timezone,
        language,
        told: _,
    } = profile;
    let place: Vec<String> = [postcode, city].into_iter().flatten().collect();
    let address: Vec<String> = street
        .into_iter()
        .chain((!place.is_empty()).then(|| place.join(" ")))
        .collect();
    let country = country
        .map(|code| domain::country::name(&code).map_or_else(|| code.clone(), str::to_owned));
    [
        ("Name", Some(account.name)),
        ("Log-in", Some(account.email)),
        ("Phone", phone),
        ("Company", company),
        ("Address", (!address.is_empty()).then(|| address.join(", "))),
        ("Country", country),
        ("Time zone", timezone),
        (
            "Language",
            language.map(|language| language.own_name().to_owned()),
        ),
    ]
    .into_iter()
    .filter_map(|(term, value)| value.map(|value| (term, value)))
    .collect()
}
