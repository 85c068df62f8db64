//! The SEPA file against the schema's rules, written down here.

use proptest::prelude::*;

use super::{bank, debtor, message, order};
use crate::payout_file::{Order, sepa};
use crate::time::{Day, UnixMs};

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
}

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

/// What a file has against the rules of the schema.
pub(super) fn schema_faults(xml: &str) -> Vec<String> {
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
