//! The cast of the tests: payments to places of each kind, and the account that pays.

mod files;
mod results;
mod schema;

use uuid::Uuid;

use super::{Order, Place, sepa};
use crate::time::{Day, UnixMs};

fn order(number: i64, amount: i64, currency: &str, payee: &str, place: Place) -> Order {
    Order {
        payout_id: Uuid::from_u128(number.unsigned_abs().into()).into(),
        number,
        amount,
        currency: currency.parse().unwrap(),
        payee: payee.to_owned(),
        place,
    }
}

fn paypal_place(email: &str) -> Place {
    Place::PayPal {
        email: email.to_owned(),
    }
}

fn bank(iban: &str, bic: Option<&str>) -> Place {
    Place::Bank {
        iban: iban.to_owned(),
        bic: bic.map(str::to_owned),
    }
}

fn debtor() -> sepa::Debtor {
    sepa::Debtor {
        name: "Fernhill Müller & Söhne GmbH".to_owned(),
        iban: "DE89370400440532013000".to_owned(),
        bic: Some("COBADEFFXXX".to_owned()),
    }
}

fn message() -> sepa::Message {
    sepa::Message {
        id: "TRB-20261121-7".to_owned(),
        created: UnixMs::parse("2026-11-21T12:00:00.250Z").unwrap(),
        on: Day::parse("2026-11-23").unwrap(),
    }
}
