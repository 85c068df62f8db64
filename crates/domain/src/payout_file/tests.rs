//! Each kind of file by example; the SEPA file against the schema's rules, written down here.

use proptest::prelude::*;
use uuid::Uuid;

use super::result::{Outcome, PaidAt, Which, read};
use super::{FileError, Order, Place, number_in, paypal, plain, sepa, wise};
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

#[test]
fn the_check_of_the_schema_finds_faults() {
    let orders = [order(
        1,
        12_345,
        "EUR",
        "Bo",
        bank("NL91ABNA0417164300", None),
    )];
    let xml = sepa::write(&orders, &debtor(), &message(), "Text").unwrap();
    for (right, wrong) in [
        ("<NbOfTxs>1</NbOfTxs>", "<NbOfTxs>2</NbOfTxs>"),
        ("<CtrlSum>123.45</CtrlSum>", "<CtrlSum>123.46</CtrlSum>"),
        ("<ChrgBr>SLEV</ChrgBr>", ""),
        ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>XYZ</PmtMtd>"),
        ("<Nm>Bo</Nm>", "<Nm>Bö</Nm>"),
        ("<Nm>Bo</Nm>", "<Nm></Nm>"),
        ("NL91ABNA0417164300", "NL91-ABNA"),
        (
            "<EndToEndId>PO-1</EndToEndId>",
            "<EndToEndId>/PO-1</EndToEndId>",
        ),
        ("Ccy=\"EUR\"", "Ccy=\"USD\""),
        ("<BICFI>COBADEFFXXX</BICFI>", "<BIC>COBADEFFXXX</BIC>"),
    ] {
        let broken = xml.replacen(right, wrong, 1);
        assert_ne!(broken, xml, "{right}");
        assert_ne!(schema_faults(&broken), Vec::<String>::new(), "{wrong}");
    }
}

#[test]
fn results_are_read_by_their_heads() {
    let paypal = "Payout Item ID,Recipient,Amount,Customer ID,Transaction Status,Transaction ID,Error\n\
                  X1,maya@example.com,1.00,PO-1001,Success,8AB,\n\
                  X2,bo@example.com,1.00,PO-1002,Returned,8AC,\"Account closed, sorry\"\n\
                  X3,chi@example.com,1.00,PO-1003,Unclaimed,,\n";
    let answers = read(paypal);
    assert_eq!(answers.errors, []);
    assert_eq!(answers.rows[0].outcome, Outcome::Paid);
    assert_eq!(answers.rows[0].reference.as_deref(), Some("8AB"));
    assert_eq!(
        answers.rows[1].outcome,
        Outcome::Returned("Account closed, sorry".to_owned())
    );
    assert_eq!(
        answers.rows[2].outcome,
        Outcome::Waits("unclaimed".to_owned())
    );

    let wise = "\u{feff}transferId,paymentReference,status,completedOn\r\n77,po-1001,Outgoing payment sent,2026-11-20\r\n";
    let answers = read(wise);
    assert_eq!(answers.errors, []);
    assert_eq!(answers.rows[0].which, Which::Number(1001));
    assert_eq!(
        answers.rows[0].paid_at,
        Some(PaidAt::On(Day::parse("2026-11-20").unwrap()))
    );

    let plain = "payout_id,status,reference,paid_at,reason\nPO-1,paid,,2026-11-20T10:00:00Z,\nPO-1,paid,,,\n,paid,,,\nPO-2,,,,\nPO-3,perhaps,,,\nnonsense,paid,,,\nPO-4,paid,,yesterday,\n";
    let answers = read(plain);
    assert_eq!(answers.rows.len(), 1);
    let lines: Vec<u64> = answers.errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    assert!(
        answers.errors[0]
            .message
            .contains("the same payout as line 2")
    );
    assert_eq!(read("a,b\n1,2\n").errors[0].line, 1);
    assert_eq!(read("").errors.len(), 1);
    assert_eq!(number_in(" po-12 "), Some(12));
    assert_eq!(number_in("PO-1x"), None);
}

#[test]
fn what_a_result_says_was_paid_is_compared() {
    let said = |text: &str| read(text).rows[0].said.clone();
    let differs = |text: &str, amount: i64, currency: &str| {
        said(text).differing(amount, currency.parse().unwrap())
    };
    // The plain file and PayPal's report: amount and currency, however they are written.
    for (cells, amount, currency) in [
        ("15.00,USD", 1500, "USD"),
        ("15,usd", 1500, "USD"),
        ("-15.00,USD", 1500, "USD"),
        ("US$15.00,", 1500, "USD"),
        ("15.00 USD,", 1500, "USD"),
        ("\"1,188.00\",USD", 118_800, "USD"),
        ("\"1.188,00\",EUR", 118_800, "EUR"),
        ("\"15,00\",EUR", 1500, "EUR"),
        ("1500.00,JPY", 1500, "JPY"),
        ("10.001,KWD", 10_001, "KWD"),
        (",", 1500, "USD"),
        (",USD", 1500, "USD"),
        ("15.00,US Dollar", 1500, "USD"),
    ] {
        let text = format!("payout_id,status,amount,currency\nPO-1,paid,{cells}\n");
        assert_eq!(differs(&text, amount, currency), None, "{cells}");
    }
    for (cells, amount, currency, told) in [
        ("14.99,USD", 1500, "USD", "14.99 USD"),
        ("15.00,eur", 1500, "USD", "15.00 EUR"),
        ("15.00 EUR,", 1500, "USD", "15.00 EUR"),
        (",EUR", 1500, "USD", "EUR"),
        ("\"15,00\",USD", 150_000, "USD", "15,00 USD"),
        ("1.50,JPY", 150, "JPY", "1.50 JPY"),
        ("perhaps,USD", 1500, "USD", "perhaps USD"),
    ] {
        let text = format!("payout_id,status,amount,currency\nPO-1,paid,{cells}\n");
        assert_eq!(
            differs(&text, amount, currency).as_deref(),
            Some(told),
            "{cells}"
        );
    }
    let paypal = "Customer ID,Transaction Status,Transaction Amount,Fee\nPO-1,Success,15.00,0.25\n";
    assert_eq!(differs(paypal, 1500, "USD"), None);
    assert_eq!(differs(paypal, 1525, "USD").as_deref(), Some("15.00"));

    // Wise: what the recipient gets; what it was paid with only in the same currency, and fees may be in that.
    let wise = |columns: &str, cells: &str| {
        format!("paymentReference,status,{columns}\nPO-1,completed,{cells}\n")
    };
    let both = "sourceAmount,sourceCurrency,targetAmount,targetCurrency";
    assert_eq!(
        differs(&wise(both, "23.40,USD,20.00,EUR"), 2000, "EUR"),
        None
    );
    assert_eq!(
        differs(&wise(both, "20.00,EUR,23.40,USD"), 2000, "EUR").as_deref(),
        Some("23.40 USD")
    );
    let batch = "amountCurrency,amount,sourceCurrency,targetCurrency";
    assert_eq!(
        differs(&wise(batch, "target,20.00,USD,EUR"), 2000, "EUR"),
        None
    );
    assert_eq!(
        differs(&wise(batch, "target,19.00,USD,EUR"), 2000, "EUR").as_deref(),
        Some("19.00 EUR")
    );
    assert_eq!(
        differs(&wise(batch, "source,23.40,USD,EUR"), 2000, "EUR"),
        None
    );
    let source = "sourceAmount,sourceCurrency,targetCurrency";
    assert_eq!(differs(&wise(source, "20.61,EUR,EUR"), 2000, "EUR"), None);
    assert_eq!(
        differs(&wise(source, "19.99,EUR,EUR"), 2000, "EUR").as_deref(),
        Some("19.99 EUR")
    );
    assert_eq!(differs(&wise(source, "1.00,USD,EUR"), 2000, "EUR"), None);
}

proptest! {
    #[test]
    fn any_name_makes_a_valid_file(payee in "\\PC{1,120}", text in "\\PC{0,200}", amounts in prop::collection::vec(1_i64..=99_999_999_999, 1..20)) {
        let orders: Vec<Order> = amounts
            .iter()
            .zip(1..)
            .map(|(amount, number)| order(number, *amount, "EUR", &payee, bank("NL91ABNA0417164300", None)))
            .collect();
        match sepa::write(&orders, &debtor(), &message(), &text) {
            Ok(xml) => prop_assert_eq!(schema_faults(&xml), Vec::<String>::new()),
            Err(error) => prop_assert!(sepa::latin(&payee, 70).is_empty(), "{}", error),
        }
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC{0,300}") {
        let with_head = format!("payout_id,status\n{text}");
        let _ = (read(&text), read(&with_head));
    }
}

// ── the schema's rules ────────────────────────────────────────────────────────────────────────

/// An element: its name, attributes, and what is in it.
#[derive(Debug, Default)]
struct Node {
    name: String,
    attributes: String,
    text: String,
    children: Vec<Node>,
}

/// Reads the small part of XML that the writer uses.
fn parse(xml: &str) -> Result<Node, String> {
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    let mut open: Vec<Node> = vec![Node::default()];
    let mut rest = body;
    while let Some(at) = rest.find('<') {
        if let Some(node) = open.last_mut() {
            node.text.push_str(&rest[..at]);
        }
        let end = rest[at..].find('>').ok_or("a tag without end")? + at;
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            let node = open.pop().ok_or("too many ends")?;
            if node.name != name {
                return Err(format!("{} ends as {name}", node.name));
            }
            open.last_mut().ok_or("too many ends")?.children.push(node);
        } else {
            let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            open.push(Node {
                name: name.to_owned(),
                attributes: attributes.to_owned(),
                ..Node::default()
            });
        }
    }
    if open.len() != 1 {
        return Err("an element without end".to_owned());
    }
    open.pop()
        .and_then(|mut root| root.children.pop())
        .ok_or("nothing".to_owned())
}

/// The elements that stand in each, in their order, with how often: 1 once, ? at most once, + at least once.
/// From the message definition of pain.001.001.09, as far as the customer rules of SEPA use it.
const ORDER: &[(&str, &[(&str, char)])] = &[
    ("Document", &[("CstmrCdtTrfInitn", '1')]),
    ("CstmrCdtTrfInitn", &[("GrpHdr", '1'), ("PmtInf", '+')]),
    (
        "GrpHdr",
        &[
            ("MsgId", '1'),
            ("CreDtTm", '1'),
            ("NbOfTxs", '1'),
            ("CtrlSum", '?'),
            ("InitgPty", '1'),
        ],
    ),
    (
        "PmtInf",
        &[
            ("PmtInfId", '1'),
            ("PmtMtd", '1'),
            ("BtchBookg", '?'),
            ("NbOfTxs", '?'),
            ("CtrlSum", '?'),
            ("PmtTpInf", '?'),
            ("ReqdExctnDt", '1'),
            ("Dbtr", '1'),
            ("DbtrAcct", '1'),
            ("DbtrAgt", '1'),
            ("ChrgBr", '1'),
            ("CdtTrfTxInf", '+'),
        ],
    ),
    ("PmtTpInf", &[("SvcLvl", '1')]),
    ("SvcLvl", &[("Cd", '1')]),
    ("ReqdExctnDt", &[("Dt", '1')]),
    ("InitgPty", &[("Nm", '1')]),
    ("Dbtr", &[("Nm", '1')]),
    ("Cdtr", &[("Nm", '1')]),
    ("DbtrAcct", &[("Id", '1')]),
    ("CdtrAcct", &[("Id", '1')]),
    ("DbtrAgt", &[("FinInstnId", '1')]),
    ("CdtrAgt", &[("FinInstnId", '1')]),
    ("FinInstnId", &[("BICFI", '?'), ("Othr", '?')]),
    ("Othr", &[("Id", '1')]),
    (
        "CdtTrfTxInf",
        &[
            ("PmtId", '1'),
            ("Amt", '1'),
            ("CdtrAgt", '?'),
            ("Cdtr", '1'),
            ("CdtrAcct", '1'),
            ("RmtInf", '?'),
        ],
    ),
    ("PmtId", &[("InstrId", '1'), ("EndToEndId", '1')]),
    ("Amt", &[("InstdAmt", '1')]),
    ("RmtInf", &[("Ustrd", '1')]),
];

fn is_sepa_text(text: &str, most: usize) -> bool {
    let count = text.chars().count();
    (1..=most).contains(&count)
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/-?:().,'+ ".contains(c))
        && !text.starts_with([' ', '/'])
        && !text.ends_with([' ', '/'])
        && !text.contains("//")
}

/// Cents of an amount with at most two places and eighteen digits.
fn cents(text: &str) -> Option<i128> {
    let (whole, part) = text.split_once('.')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    (part.len() == 2 && !whole.is_empty() && whole.len() + 2 <= 18 && digits(whole) && digits(part))
        .then(|| format!("{whole}{part}").parse().ok())
        .flatten()
}

fn check(node: &Node, parent: &str, faults: &mut Vec<String>) {
    let mut fault =
        |what: &str| faults.push(format!("{parent}/{}: {what}: {}", node.name, node.text));
    let text = node.text.as_str();
    if node.attributes.is_empty() == matches!(node.name.as_str(), "Document" | "InstdAmt") {
        fault("attributes");
    }
    match (parent, node.name.as_str()) {
        ("Document", _) | (_, "Document") => {}
        (_, "MsgId" | "PmtInfId" | "InstrId" | "EndToEndId") if !is_sepa_text(text, 35) => {
            fault("Max35Text")
        }
        (_, "Nm") if !is_sepa_text(text, 70) => fault("Max70Text"),
        (_, "Ustrd") if !is_sepa_text(text, 140) => fault("Max140Text"),
        (_, "CreDtTm") if UnixMs::parse(text).is_err() || text.len() != 20 => fault("ISODateTime"),
        (_, "Dt") if Day::parse(text).is_err() => fault("ISODate"),
        (_, "NbOfTxs") if text.parse::<u64>().is_err() || text.len() > 15 => {
            fault("Max15NumericText")
        }
        (_, "CtrlSum" | "InstdAmt") if cents(text).is_none_or(|cents| cents <= 0) => {
            fault("amount")
        }
        (_, "PmtMtd") if text != "TRF" => fault("TRF"),
        (_, "ChrgBr") if text != "SLEV" => fault("SLEV"),
        ("SvcLvl", "Cd") if text != "SEPA" => fault("SEPA"),
        (_, "BICFI") if crate::iban::bic(text).as_deref() != Some(text) => fault("BIC"),
        (_, "IBAN") if crate::iban::iban(text).as_deref() != Ok(text) => fault("IBAN"),
        ("Othr", "Id") if text != "NOTPROVIDED" => fault("NOTPROVIDED"),
        _ => {}
    }
    if node.name == "InstdAmt" && node.attributes != "Ccy=\"EUR\"" {
        faults.push(format!("{}: {}", node.name, node.attributes));
    }
    let account = node.name == "Id" && matches!(parent, "DbtrAcct" | "CdtrAcct");
    let expected: &[(&str, char)] = if account {
        &[("IBAN", '1')]
    } else {
        ORDER
            .iter()
            .find(|(name, _)| *name == node.name)
            .map_or(&[], |(_, children)| children)
    };
    let mut at = 0;
    for (name, often) in expected {
        let from = at;
        while node
            .children
            .get(at)
            .is_some_and(|child| child.name == *name)
        {
            at += 1;
        }
        let found = at - from;
        let right = match often {
            '1' => found == 1,
            '?' => found <= 1,
            _ => found >= 1,
        };
        if !right {
            faults.push(format!("{}: {found} times {name}", node.name));
        }
    }
    if at != node.children.len() {
        faults.push(format!(
            "{}: {} does not stand here",
            node.name, node.children[at].name
        ));
    }
    if !node.children.is_empty() && !node.text.trim().is_empty() {
        faults.push(format!("{}: text between elements", node.name));
    }
    for child in &node.children {
        check(child, &node.name, faults);
    }
}

fn all<'a>(node: &'a Node, name: &str, found: &mut Vec<&'a Node>) {
    if node.name == name {
        found.push(node);
    }
    for child in &node.children {
        all(child, name, found);
    }
}

fn schema_faults(xml: &str) -> Vec<String> {
    let root = match parse(xml) {
        Ok(root) => root,
        Err(error) => return vec![error],
    };
    let mut faults = Vec::new();
    if root.attributes != "xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.001.001.09\"" {
        faults.push(format!("namespace: {}", root.attributes));
    }
    check(&root, "", &mut faults);
    let collect = |name: &str| {
        let mut found = Vec::new();
        all(&root, name, &mut found);
        found
    };
    let transfers = collect("CdtTrfTxInf").len().to_string();
    if collect("NbOfTxs").iter().any(|node| node.text != transfers) {
        faults.push("NbOfTxs: another number of transfers".to_owned());
    }
    let sum: i128 = collect("InstdAmt")
        .iter()
        .filter_map(|node| cents(&node.text))
        .sum();
    if collect("CtrlSum")
        .iter()
        .any(|node| cents(&node.text) != Some(sum))
    {
        faults.push("CtrlSum: another sum".to_owned());
    }
    faults
}
