//! Each kind of file by example.

use super::schema::schema_faults;
use super::{bank, debtor, message, order, paypal_place};
use crate::payout_file::result::{Which, read};
use crate::payout_file::{FileError, Place, paypal, plain, sepa, wise};

#[test]
fn the_file_for_paypal() {
    let orders = [
        order(
            1001,
            12_345,
            "USD",
            "Maya",
            paypal_place("maya@example.com"),
        ),
        order(1002, 5, "USD", "Bo", paypal_place("bo@example.com")),
    ];
    assert_eq!(
        paypal::write(&orders, "Commissions, Fernhill").unwrap(),
        "maya@example.com,123.45,USD,PO-1001,\"Commissions, Fernhill\",PAYPAL\r\nbo@example.com,0.05,USD,PO-1002,\"Commissions, Fernhill\",PAYPAL\r\n"
    );
    let mixed = [
        orders[0].clone(),
        order(1003, 10, "EUR", "Chi", paypal_place("chi@example.com")),
    ];
    assert_eq!(
        paypal::write(&mixed, "").unwrap_err().to_string(),
        "a file of this kind holds one currency; choose USD or EUR"
    );
    let foreign = [order(
        1004,
        10,
        "USD",
        "Dan",
        bank("DE89370400440532013000", None),
    )];
    assert!(matches!(
        paypal::write(&foreign, ""),
        Err(FileError::Order { number: 1004, .. })
    ));
    assert_eq!(paypal::write(&[], ""), Err(FileError::Empty));
    let many = vec![orders[0].clone(); 5_001];
    assert!(matches!(
        paypal::write(&many, ""),
        Err(FileError::TooMany { most: 5_000, .. })
    ));
}

#[test]
fn the_file_for_wise() {
    let place = Place::Wise {
        email: "maya@example.com".to_owned(),
    };
    let orders = [order(1001, 12_345, "EUR", "=cmd|' /C calc'!A0, Ltd", place)];
    assert_eq!(
        wise::write(&orders).unwrap(),
        "name,recipientEmail,paymentReference,receiverType,amountCurrency,amount,sourceCurrency,targetCurrency,type\r\n\
         \"'=cmd|' /C calc'!A0, Ltd\",maya@example.com,PO-1001,PERSON,target,123.45,EUR,EUR,EMAIL\r\n"
    );
}

#[test]
fn the_plain_file_holds_everything() {
    let orders = [
        order(1, 999, "JPY", "Aiko", paypal_place("aiko@example.com")),
        order(
            2,
            10_001,
            "KWD",
            "Bader",
            bank("KW81CBKU0000000000001234560101", Some("CBKUKWKW")),
        ),
        order(
            3,
            100,
            "USD",
            "Chi",
            Place::Other {
                text: "By check,\nto the office".to_owned(),
            },
        ),
    ];
    let text = plain::write(&orders).unwrap();
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert!(
        rows[0].ends_with("PO-1,Aiko,999,JPY,paypal,aiko@example.com,,"),
        "{text}"
    );
    assert!(
        rows[1].ends_with(
            "PO-2,Bader,10.001,KWD,bank_transfer,KW81CBKU0000000000001234560101,CBKUKWKW,"
        ),
        "{text}"
    );
    assert!(
        rows[2].ends_with("PO-3,Chi,1.00,USD,other,,,\"By check, to the office\""),
        "{text}"
    );
    // With a status beside the first column it is read back.
    let answered = format!(
        "payout_id,status\n{},paid\nPO-2,failed\n",
        orders[0].payout_id
    );
    let answers = read(&answered);
    assert_eq!(answers.errors, []);
    assert_eq!(answers.rows[0].which, Which::Id(orders[0].payout_id));
    assert_eq!(answers.rows[1].which, Which::Number(2));
}

#[test]
fn the_file_for_a_bank() {
    let orders = [
        order(
            1001,
            12_345,
            "EUR",
            "Zoë Škvorecká–O’Neill",
            bank("NL91ABNA0417164300", Some("ABNANL2A")),
        ),
        order(
            1002,
            5,
            "EUR",
            "王小明 <b>& Co</b>",
            bank("FR1420041010050500013M02606", None),
        ),
    ];
    let xml = sepa::write(&orders, &debtor(), &message(), "Commissions // Fernhill").unwrap();
    assert_eq!(schema_faults(&xml), Vec::<String>::new(), "{xml}");
    for part in [
        "<MsgId>TRB-20261121-7</MsgId><CreDtTm>2026-11-21T12:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs><CtrlSum>123.50</CtrlSum>",
        "<InitgPty><Nm>Fernhill Mueller + Soehne GmbH</Nm></InitgPty>",
        "<ReqdExctnDt><Dt>2026-11-23</Dt></ReqdExctnDt>",
        "</InstrId><EndToEndId>PO-1001</EndToEndId></PmtId><Amt><InstdAmt Ccy=\"EUR\">123.45</InstdAmt></Amt>",
        "<Cdtr><Nm>Zoe Skvorecka-O'Neill</Nm></Cdtr>",
        "<Cdtr><Nm>... .b.+ Co./b.</Nm></Cdtr>",
        "<Ustrd>Commissions / Fernhill PO-1002</Ustrd>",
    ] {
        assert!(xml.contains(part), "{part}: {xml}");
    }
    let dollars = [order(1, 5, "USD", "Bo", bank("NL91ABNA0417164300", None))];
    assert_eq!(
        sepa::write(&dollars, &debtor(), &message(), "")
            .unwrap_err()
            .to_string(),
        "SEPA pays in EUR only, and PO-1 is in USD"
    );
    let elsewhere = [order(1, 5, "EUR", "Bo", paypal_place("bo@example.com"))];
    assert!(sepa::write(&elsewhere, &debtor(), &message(), "").is_err());
    let nobody = [order(1, 5, "EUR", " / ", bank("NL91ABNA0417164300", None))];
    assert!(sepa::write(&nobody, &debtor(), &message(), "").is_err());
    let huge = [order(
        1,
        100_000_000_000,
        "EUR",
        "Bo",
        bank("NL91ABNA0417164300", None),
    )];
    assert!(sepa::write(&huge, &debtor(), &message(), "").is_err());
}

#[test]
fn a_bank_names_ids_as_they_were_written() {
    use crate::id::{PayoutFileId, PayoutId};
    let id = order(1, 5, "EUR", "Bo", paypal_place("bo@example.com")).payout_id;
    let name = sepa::name_of(id);
    assert!(
        name.len() <= 35 && name.bytes().all(|b| b.is_ascii_alphanumeric()),
        "{name}"
    );
    assert_eq!(
        sepa::named::<PayoutId>(&format!(" {} ", name.to_uppercase())),
        Some(id)
    );
    assert_eq!(sepa::named::<PayoutFileId>(&name), None);
    assert_eq!(sepa::named::<PayoutId>("PO-1"), None);
    assert_eq!(sepa::named::<PayoutId>("NOTPROVIDED"), None);
}
