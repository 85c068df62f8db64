//! Who takes part: names, addresses, where they write about it.

use crate::dice::Dice;

const FIRST: &[&str] = &[
    "Maya", "Tomás", "Priya", "Jonas", "Aiko", "Lena", "Omar", "Grace", "Mateo", "Ingrid", "Kwame",
    "Sofia", "Ethan", "Zara", "Luca", "Nadia", "Felix", "Amara", "Hugo", "Yuki", "Clara", "Diego",
    "Freya", "Samir", "Elena", "Noah", "Chiara", "Viktor", "Leila", "Oscar", "Hannah", "Ravi",
    "Isla", "Pavel", "Camille", "Tariq", "Astrid", "Bruno", "Mei", "Callum",
];
const LAST: &[&str] = &[
    "Okonkwo",
    "Herrera",
    "Raghunathan",
    "Weidmann",
    "Tanabe",
    "Lindqvist",
    "Haddad",
    "Mensah",
    "Rossi",
    "Novak",
    "Fischer",
    "Moreau",
    "Silva",
    "Bennett",
    "Kowalski",
    "Dubois",
    "Nakamura",
    "Osei",
    "Larsen",
    "Petrov",
    "Marchetti",
    "Sharma",
    "Costa",
    "Brandt",
    "Keller",
    "Abara",
    "Holm",
    "Vargas",
    "Sato",
    "Whitfield",
    "Jansen",
    "Farouk",
    "Bauer",
    "Quinn",
    "Santos",
    "Virtanen",
];
const BRANDS: &[&str] = &[
    "Growth Letters",
    "The Funnel Room",
    "Automate Weekly",
    "Northbeam Notes",
    "Agency Stack",
    "Margin Lab",
    "Inbox Craft",
    "Launch Diary",
    "Pixel & Ledger",
    "Retainer Club",
    "Studio Playbook",
    "Lead Harbor",
    "Copy Kitchen",
    "The Ops Brief",
    "Client Compass",
    "Saas Signal",
    "Proposal School",
    "Quiet Agency",
    "Scale Notes",
    "Founder Desk",
];
const SOURCES: &[&str] = &[
    "Newsletter",
    "YouTube",
    "Blog",
    "Podcast",
    "Community",
    "Review site",
    "Instagram",
    "Webinar",
];
const COUNTRIES: &[&str] = &[
    "CA", "US", "US", "US", "GB", "DE", "FR", "MX", "SE", "NG", "IN", "JP", "BR", "AU", "NL", "ES",
];
const CUSTOMER_HOSTS: &[&str] = &[
    "kestrelco.example",
    "oakandpine.example",
    "brightlane.example",
    "mapleworks.example",
    "foundryhq.example",
    "vantagepoint.example",
    "littlefern.example",
    "harbourmedia.example",
    "stonebridge.example",
    "tidewater.example",
    "copperfield.example",
    "novaworks.example",
];

/// An affiliate of the demo.
#[derive(Debug, Clone)]
pub struct Person {
    /// First and last name.
    pub name: String,
    /// An address on a host of their own; `.example` can never receive mail.
    pub email: String,
    /// The name they publish under.
    pub company: String,
    /// Two letters.
    pub country: String,
    /// Where they write about it.
    pub source: String,
    /// The code of their links, without the campaign's ending.
    pub handle: String,
}

fn plain(text: &str) -> String {
    domain::text::slug(text).replace('-', "")
}

/// The affiliate of this number; the first is the one whose log-in the demo prints.
#[must_use]
pub fn affiliate(dice: &Dice, number: usize) -> Person {
    // Both lists are walked with steps that share no divisor with their lengths: no name comes twice.
    let (first, last) = (FIRST[number % FIRST.len()], LAST[number % LAST.len()]);
    let brand = BRANDS[number % BRANDS.len()];
    let company = if number < BRANDS.len() {
        brand.to_owned()
    } else {
        format!("{brand} {}", last)
    };
    Person {
        name: format!("{first} {last}"),
        email: format!("{}@{}.example", plain(first), plain(&company)),
        handle: format!("{}-{}", plain(first), plain(last)),
        company,
        country: (*dice.pick(COUNTRIES)).to_owned(),
        source: (*dice.pick(SOURCES)).to_owned(),
    }
}

/// Name and address of a customer.
#[must_use]
pub fn customer(dice: &Dice, number: usize) -> (String, String) {
    let (first, last) = (*dice.pick(FIRST), *dice.pick(LAST));
    (
        format!("{first} {last}"),
        format!(
            "{}.{}{number}@{}",
            plain(first),
            plain(last),
            dice.pick(CUSTOMER_HOSTS)
        ),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_affiliates_share_a_name_an_address_or_a_code() {
        let dice = Dice::new(1);
        let all: Vec<Person> = (0..240).map(|number| affiliate(&dice, number)).collect();
        for field in [
            |p: &Person| p.name.clone(),
            |p: &Person| p.email.clone(),
            |p: &Person| p.handle.clone(),
        ] {
            assert_eq!(all.iter().map(field).collect::<BTreeSet<_>>().len(), 240);
        }
    }
}
