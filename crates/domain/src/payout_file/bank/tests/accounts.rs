//! Notifications and statements of an account, and what becomes of several entries of one payout.

use super::*;
use crate::payout_file::result::{Back, read};

const BOOKED: &str = "<Cd>BOOK</Cd>";
const BACK: &str = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto erloschen</AddtlInf></RtrInf>";

fn notification(entries: &str) -> Answers {
    let mut answers = read(&format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
    ));
    let _beside = answers.merge();
    answers
}

fn entry(direction: &str, state: &str, details: &str) -> String {
    format!(
        "<Ntry><Amt Ccy=\"EUR\">20.00</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>{state}</Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt>\
         <AcctSvcrRef>S-7</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>\n"
    )
}

fn detail(id: &str, more: &str) -> String {
    format!("<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs>{more}</TxDtls>")
}

#[test]
fn a_return_less_charges_is_told_from_another_amount() {
    let euro: crate::money::Currency = "EUR".parse().expect("a currency");
    let back = |amount: &str, more: &str| {
        let entry = entry("CRDT", BOOKED, &detail("PO-1", &format!("{BACK}{more}")));
        let answers = notification(&entry.replace("20.00", amount));
        answers.rows[0].said.back(2_000, euro)
    };
    let less = |explained| Back::Less {
        arrived: 1_750,
        explained,
    };
    assert_eq!(back("20.00", ""), Back::Whole);
    assert_eq!(back("17.50", ""), less(false));
    let sent = "<AmtDtls><InstdAmt><Amt Ccy=\"EUR\">20</Amt></InstdAmt></AmtDtls>";
    assert_eq!(back("17.50", sent), less(true));
    for charges in [
        "<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">2.50</TtlChrgsAndTaxAmt></Chrgs>",
        "<Chrgs><Rcrd><Amt Ccy=\"EUR\">1.50</Amt></Rcrd><Rcrd><Amt Ccy=\"EUR\">1.00</Amt></Rcrd></Chrgs>",
        "<Chrgs><Amt Ccy=\"EUR\">2.50</Amt></Chrgs>",
    ] {
        assert_eq!(back("17.50", charges), less(true), "{charges}");
    }
    // Charges that do not make up the difference, or are in another currency, explain nothing.
    assert_eq!(
        back("17.50", "<Chrgs><Amt Ccy=\"EUR\">2.00</Amt></Chrgs>"),
        less(false)
    );
    assert_eq!(
        back("17.50", "<Chrgs><Amt Ccy=\"USD\">2.50</Amt></Chrgs>"),
        less(false)
    );
    assert_eq!(back("20.01", ""), Back::Differs("20.01 EUR".to_owned()));
    assert_eq!(back("0.00", ""), Back::Differs("0.00 EUR".to_owned()));
}

#[test]
fn what_came_back_as_sent_twice_is_told_from_other_returns() {
    let sent_twice = |code: &str| {
        let back = format!("<RtrInf><Rsn>{code}</Rsn></RtrInf>");
        let answers = notification(&entry("CRDT", BOOKED, &detail("PO-1", &back)));
        assert!(
            matches!(
                answers.rows[..],
                [Answer {
                    outcome: Outcome::Returned(_),
                    ..
                }]
            ),
            "{answers:?}"
        );
        answers.rows[0].sent_twice
    };
    for code in SENT_TWICE {
        assert!(sent_twice(&format!("<Cd>{code}</Cd>")), "{code}");
        assert!(sent_twice(&format!("<Prtry>{code}</Prtry>")), "{code}");
    }
    assert!(!sent_twice("<Cd>AC04</Cd>"));
    // It takes the place of the payment that it may be, of which nobody can tell.
    let back = BACK.replace("AC04", "AM05");
    let both = [
        entry("DBIT", BOOKED, &detail("PO-1", "")),
        entry("CRDT", BOOKED, &detail("PO-1", &back)),
    ];
    let answers = notification(&both.concat());
    assert_eq!(answers.rows.len(), 1, "{answers:?}");
    assert!(answers.rows[0].sent_twice, "{answers:?}");
}

#[test]
fn an_account_tells_of_ours_among_others() {
    let two = [
        detail("PO-1001", "<Amt Ccy=\"EUR\">12.00</Amt>"),
        detail(
            "PO-1002",
            "<AmtDtls><TxAmt><Amt Ccy=\"EUR\">8.00</Amt></TxAmt></AmtDtls>",
        ),
    ]
    .concat();
    let answers = notification(
        &[
            entry("DBIT", BOOKED, &two),
            // Not ours: an invoice, rent, and what comes in.
            entry("DBIT", BOOKED, &detail("1001", "")),
            entry("DBIT", BOOKED, &detail("NOTPROVIDED", "")),
            entry("DBIT", BOOKED, ""),
            entry("CRDT", BOOKED, &detail("PO-77", "")),
            // Older versions have the state as text.
            entry("CRDT", "BOOK", &detail("PO-1003", BACK)),
            entry("DBIT", "<Cd>PDNG</Cd>", &detail("PO-1004", "")),
        ]
        .concat(),
    );
    assert!(
        answers.among_others && answers.errors.is_empty(),
        "{answers:?}"
    );
    assert_eq!(
        outcomes(&answers),
        [
            (Which::Number(1001), Outcome::Paid),
            (Which::Number(1002), Outcome::Paid),
            (
                Which::Number(1003),
                Outcome::Returned("AC04, the account is closed: Konto erloschen".to_owned())
            ),
            (
                Which::Number(1004),
                Outcome::Waits("not booked yet (PDNG)".to_owned())
            ),
        ]
    );
    let amounts: Vec<_> = answers
        .rows
        .iter()
        .map(|row| row.said.amount.as_deref())
        .collect();
    assert_eq!(
        amounts,
        [Some("12.00"), Some("8.00"), Some("20.00"), Some("20.00")],
        "the entry's own where it has one payment"
    );
    assert_eq!(answers.rows[0].reference.as_deref(), Some("S-7"));
    assert_eq!(
        answers.rows[0].paid_at,
        Day::parse("2026-11-24").ok().map(PaidAt::On)
    );
}

#[test]
fn what_came_back_and_was_sent_again_is_paid() {
    let paid = entry("DBIT", BOOKED, &detail("PO-1", ""));
    let back = entry("CRDT", BOOKED, &detail("PO-1", BACK));
    let on = |entry: &str, day: &str| entry.replace("2026-11-24", day);
    let again = on(&paid, "2026-11-27");
    let (paid_again, waits_again) = (
        [paid.clone(), back.clone(), again.clone()],
        [
            paid.clone(),
            back.clone(),
            again.replace(BOOKED, "<Cd>PDNG</Cd>"),
        ],
    );
    let last = notification(&paid_again.concat());
    assert!(last.errors.is_empty(), "{last:?}");
    assert_eq!(outcomes(&last), [(Which::Number(1), Outcome::Paid)]);
    assert_eq!(
        last.rows[0].paid_at,
        Day::parse("2026-11-27").ok().map(PaidAt::On)
    );
    let underway = notification(&waits_again.concat());
    assert!(
        matches!(
            underway.rows[..],
            [Answer {
                outcome: Outcome::Waits(_),
                ..
            }]
        ),
        "{underway:?}"
    );
    let newest_first = notification(&[again.clone(), back.clone()].concat());
    assert_eq!(outcomes(&newest_first), [(Which::Number(1), Outcome::Paid)]);
    let back_again = notification(&[paid, back.clone(), again, on(&back, "2026-11-28")].concat());
    assert!(
        matches!(
            back_again.rows[..],
            [Answer {
                outcome: Outcome::Returned(_),
                ..
            }]
        ),
        "{back_again:?}"
    );
}

#[test]
fn a_second_entry_of_one_payout_is_for_a_person() {
    let paid = |day: &str| entry("DBIT", BOOKED, &detail("PO-1", "")).replace("2026-11-24", day);
    let back = |day: &str| entry("CRDT", BOOKED, &detail("PO-1", BACK)).replace("2026-11-24", day);
    let other = entry("DBIT", BOOKED, &detail("PO-2", ""));
    let merged = |entries: &[String]| {
        let text = entries.concat();
        let mut answers = read(&format!(
            "<Document><BkToCstmrStmt><Stmt>\n{text}</Stmt></BkToCstmrStmt></Document>"
        ));
        let beside = answers.merge();
        assert!(answers.errors.is_empty(), "{answers:?}");
        let beside: Vec<(u64, String)> = beside
            .into_iter()
            .map(|(answer, why)| (answer.line, why))
            .collect();
        (outcomes(&answers), beside)
    };
    let first = (Which::Number(1), Outcome::Paid);
    let second = (Which::Number(2), Outcome::Paid);

    // Paid twice: once is sure, and the rest of the statement stands.
    let (rows, beside) = merged(&[paid("2026-11-24"), paid("2026-11-25"), other.clone()]);
    assert_eq!(rows, [first.clone(), second.clone()]);
    assert!(
        matches!(&beside[..], [(3, why)] if why.contains("of what line 2 tells")),
        "{beside:?}"
    );
    // Paid twice and back once, in whatever order: the affiliate has the money.
    for entries in [
        [
            paid("2026-11-24"),
            paid("2026-11-24"),
            back("2026-11-25"),
            other.clone(),
        ],
        [
            back("2026-11-25"),
            paid("2026-11-24"),
            paid("2026-11-24"),
            other.clone(),
        ],
    ] {
        let (rows, beside) = merged(&entries);
        assert_eq!(rows, std::slice::from_ref(&second), "{beside:?}");
        assert!(
            beside
                .iter()
                .any(|(_, why)| why.contains("one of them may stand")),
            "{beside:?}"
        );
    }
    // Back twice: one of them is booked.
    let (rows, beside) = merged(&[back("2026-11-24"), back("2026-11-25")]);
    assert!(
        matches!(&rows[..], [(Which::Number(1), Outcome::Returned(_))]) && beside.len() == 1,
        "{rows:?} {beside:?}"
    );
    // What is on its way twice decides nothing twice.
    let waits = paid("2026-11-24").replace(BOOKED, "<Cd>PDNG</Cd>");
    let (rows, beside) = merged(&[waits.clone(), waits, paid("2026-11-25")]);
    assert_eq!((rows, beside), (vec![first], Vec::new()));
}

#[test]
fn what_was_booked_and_sent_back_came_back() {
    let paid = entry("DBIT", BOOKED, &detail("PO-1", ""));
    let back = entry("CRDT", BOOKED, &detail("PO-1", BACK));
    for both in [[paid.clone(), back.clone()], [back.clone(), paid.clone()]] {
        let answers = notification(&both.concat());
        assert!(answers.errors.is_empty(), "{answers:?}");
        assert!(
            matches!(
                answers.rows[..],
                [Answer {
                    outcome: Outcome::Returned(_),
                    ..
                }]
            ),
            "{answers:?}"
        );
    }
    let reversed = entry("CRDT", BOOKED, &detail("PO-1", ""))
        .replace("<BookgDt>", "<RvslInd>true</RvslInd><BookgDt>");
    assert_eq!(
        outcomes(&notification(&reversed)),
        [(
            Which::Number(1),
            Outcome::Returned("The bank sent it back".to_owned())
        )]
    );
}
