use super::super::result::{Back, ROWS_MAX, read};
use super::*;

fn report(transfers: &str) -> Answers {
    read(&format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt>\
         <GrpHdr><MsgId>B-1</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>sepa-po-1001</OrgnlMsgId></OrgnlGrpInfAndSts>\n\
         <OrgnlPmtInfAndSts><OrgnlPmtInfId>sepa-po-1001</OrgnlPmtInfId>\n{transfers}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ))
}

fn transfer(id: &str, code: &str, more: &str) -> String {
    format!(
        "<TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>{code}</TxSts>{more}</TxInfAndSts>\n"
    )
}

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

const BOOKED: &str = "<Cd>BOOK</Cd>";
const BACK: &str = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto erloschen</AddtlInf></RtrInf>";

fn outcomes(answers: &Answers) -> Vec<(Which, Outcome)> {
    answers
        .rows
        .iter()
        .map(|row| (row.which, row.outcome.clone()))
        .collect()
}

fn errors(answers: &Answers) -> Vec<&str> {
    answers
        .errors
        .iter()
        .map(|error| error.message.as_str())
        .collect()
}

#[test]
fn a_status_report_tells_of_each_transfer() {
    let amount = "<AcctSvcrRef>A-9</AcctSvcrRef><FctvIntrBkSttlmDt><Dt>2026-11-24</Dt></FctvIntrBkSttlmDt>\
                  <OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">20.00</InstdAmt></Amt></OrgnlTxRef>";
    let why = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>";
    let own = "<StsRsnInf><Rsn><Prtry>X9</Prtry></Rsn><AddtlInf>Ask us</AddtlInf></StsRsnInf>";
    let answers = report(
        &[
            transfer("PO-1001", "ACSC", amount),
            transfer("PO-1002", "RJCT", why),
            transfer("PO-1003", "ACSP", ""),
            transfer("PO-1004", "RJCT", own),
            transfer("PO-1005", "CANC", ""),
        ]
        .concat(),
    );
    assert_eq!(errors(&answers), Vec::<&str>::new());
    assert!(!answers.among_others);
    assert_eq!(
        outcomes(&answers),
        [
            (Which::Number(1001), Outcome::Paid),
            (
                Which::Number(1002),
                Outcome::Failed("AC01, the account number is wrong".to_owned())
            ),
            (Which::Number(1003), Outcome::Waits("ACSP".to_owned())),
            (
                Which::Number(1004),
                Outcome::Failed("X9: Ask us".to_owned())
            ),
            (
                Which::Number(1005),
                Outcome::Failed("The bank says CANC".to_owned())
            ),
        ]
    );
    let first = &answers.rows[0];
    assert_eq!(
        (first.line, first.reference.as_deref(), first.paid_at),
        (
            4,
            Some("A-9"),
            Day::parse("2026-11-24").ok().map(PaidAt::On)
        )
    );
    let euro = "EUR".parse().expect("a currency");
    assert_eq!(first.said.differing(2_000, euro), None);
    assert_eq!(
        first.said.differing(2_001, euro).as_deref(),
        Some("20.00 EUR")
    );
}

#[test]
fn what_cannot_be_understood_is_said_with_its_line() {
    let answers = report(
        &[
            transfer("PO-1", "ACSC", ""),
            transfer("PO-1", "ACSC", ""),
            transfer("NOTPROVIDED", "ACSC", ""),
            transfer("PO-2", "WHAT", ""),
            "<TxInfAndSts><TxSts>RJCT</TxSts></TxInfAndSts>".to_owned(),
        ]
        .concat(),
    );
    assert_eq!(
        errors(&answers),
        [
            "names the same payout as line 4",
            "“NOTPROVIDED” is not a payout",
            "“WHAT” is not a status that is known",
            "names no payout: its end-to-end id is missing",
        ]
    );
    assert_eq!(answers.errors[1].line, 6);
    assert_eq!(
        errors(&read("<Document><Other/></Document>")),
        ["is none of a bank's answers that are read: pain.002, camt.054 or camt.053"]
    );
    assert!(errors(&read("<Document>"))[0].contains("its end is missing"));
}

/// A report whose group and whose part say these of the whole.
fn report_of(group: &str, part: &str) -> Answers {
    read(&format!(
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>file1</OrgnlMsgId>{group}</OrgnlGrpInfAndSts>\n{part}</CstmrPmtStsRpt></Document>"
    ))
}

fn wholes(answers: &Answers) -> Vec<(&str, Outcome)> {
    answers
        .wholes
        .iter()
        .map(|whole| (whole.file.as_str(), whole.outcome.clone()))
        .collect()
}

const REFUSED: &str = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>";
const MISSHAPEN: &str = "FF01, the file is not as the bank wants it";

#[test]
fn a_status_of_the_whole_holds_for_all_transfers() {
    let failed = |why: &str| Outcome::Failed(why.to_owned());
    let refused = report_of(REFUSED, "");
    assert!(
        refused.rows.is_empty() && refused.errors.is_empty(),
        "{refused:?}"
    );
    assert_eq!(wholes(&refused), [("file1", failed(MISSHAPEN))]);
    // With the faulty ones named, and one of no reason of its own.
    let why = "<StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>";
    let listed = [
        transfer("PO-1", "RJCT", why),
        transfer("PO-2", "RJCT", ""),
        "<TxInfAndSts><OrgnlEndToEndId>PO-3</OrgnlEndToEndId></TxInfAndSts>".to_owned(),
        transfer("NOTPROVIDED", "RJCT", ""),
    ]
    .concat();
    let part = format!(
        "<OrgnlPmtInfAndSts><OrgnlPmtInfId>part1</OrgnlPmtInfId>{listed}</OrgnlPmtInfAndSts>"
    );
    let named = report_of(REFUSED, &part);
    assert_eq!(errors(&named), Vec::<&str>::new());
    assert_eq!(
        outcomes(&named),
        [
            (
                Which::Number(1),
                failed("AC01, the account number is wrong")
            ),
            (Which::Number(2), failed(MISSHAPEN)),
            (Which::Number(3), failed(MISSHAPEN)),
        ]
    );
    assert_eq!(wholes(&named), [("file1", failed(MISSHAPEN))]);
    assert_eq!(named.rows[0].origin, ["file1", "part1"]);
    // A group refused within a file that was taken in part.
    let group = |status: &str, more: &str| {
        format!("<OrgnlPmtInfAndSts><PmtInfSts>{status}</PmtInfSts>{more}</OrgnlPmtInfAndSts>")
    };
    let in_part = report_of(
        "<GrpSts>PART</GrpSts>",
        &group("RJCT", &transfer("PO-1", "RJCT", "")),
    );
    assert_eq!(wholes(&in_part), [("file1", failed("The bank says RJCT"))]);
    // In part: each transfer has its own word, and none is said of the others.
    let own = report_of(
        "<GrpSts>PART</GrpSts>",
        &group("PART", &transfer("PO-1", "RJCT", "")),
    );
    assert!(own.wholes.is_empty() && own.errors.is_empty(), "{own:?}");
    assert_eq!(own.rows.len(), 1);
    for (code, outcome) in [
        ("ACCP", Outcome::Waits("ACCP".to_owned())),
        ("ACSC", Outcome::Paid),
    ] {
        let taken = report_of("", &group(code, ""));
        assert_eq!(
            (errors(&taken), wholes(&taken)),
            (Vec::new(), vec![("file1", outcome)])
        );
    }
}

#[test]
fn a_group_without_a_word_leaves_the_others_in_doubt() {
    let group = |status: &str, more: &str| {
        format!("<OrgnlPmtInfAndSts>{status}{more}</OrgnlPmtInfAndSts>\n")
    };
    let (refused, in_part) = ("<PmtInfSts>RJCT</PmtInfSts>", "<PmtInfSts>PART</PmtInfSts>");
    let one = transfer("PO-1", "RJCT", "");
    let failed = || ("file1", Outcome::Failed("The bank says RJCT".to_owned()));
    let waits = || ("file1", Outcome::Waits("PART".to_owned()));
    for above in ["", "<GrpSts>PART</GrpSts>"] {
        for silent in [in_part, ""] {
            for groups in [
                [group(refused, ""), group(silent, &one)],
                [group(silent, &one), group(refused, "")],
            ] {
                let answers = report_of(above, &groups.concat());
                assert_eq!(errors(&answers), Vec::<&str>::new());
                assert_eq!(wholes(&answers), [failed(), waits()], "{groups:?}");
                assert_eq!(answers.rows.len(), 1);
            }
        }
    }
    // Of groups that say nothing as a whole none is in doubt, nor is a group of another file.
    let both = [
        group(in_part, &one),
        group(in_part, &transfer("PO-2", "ACSC", "")),
    ];
    let own = report_of("", &both.concat());
    assert!(own.wholes.is_empty() && own.errors.is_empty(), "{own:?}");
    let apart = read(&format!(
        "<Document><CstmrPmtStsRpt>{}{}</CstmrPmtStsRpt></Document>",
        group(
            &format!("<OrgnlPmtInfId>file1</OrgnlPmtInfId>{refused}"),
            ""
        ),
        group(
            &format!("<OrgnlPmtInfId>file2</OrgnlPmtInfId>{in_part}"),
            &one
        ),
    ));
    assert_eq!(wholes(&apart), [failed()]);
}

#[test]
fn a_whole_and_its_transfers_do_not_say_opposites() {
    let part = |more: &str| format!("<OrgnlPmtInfAndSts>{more}</OrgnlPmtInfAndSts>");
    for (group, more, fault) in [
        (
            REFUSED,
            transfer("PO-1", "ACSC", ""),
            "says ACSC of PO-1, and the opposite of its whole file: ask the bank",
        ),
        (
            REFUSED,
            transfer("PO-1", "PDNG", ""),
            "says PDNG of PO-1, and the opposite of its whole file: ask the bank",
        ),
        (
            "<GrpSts>ACSC</GrpSts>",
            transfer("PO-1", "RJCT", ""),
            "says RJCT of PO-1, and the opposite of its whole file: ask the bank",
        ),
        (
            REFUSED,
            "<PmtInfSts>ACSC</PmtInfSts>".to_owned(),
            "says ACSC of a group, and the opposite of the whole file: ask the bank",
        ),
        (
            "<GrpSts>WHAT</GrpSts>",
            String::new(),
            "“WHAT” is not a status that is known",
        ),
        ("", String::new(), "names no transfer and no status"),
    ] {
        assert_eq!(errors(&report_of(group, &part(&more))), [fault]);
    }
    let nameless = read(&format!(
        "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts>{REFUSED}</OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>"
    ));
    assert!(errors(&nameless)[0].contains("its message id is missing"));
    let empty = read("<Document><CstmrPmtStsRpt/></Document>");
    assert_eq!(errors(&empty), ["names no transfer and no status"]);
}

#[test]
fn what_was_sent_twice_has_not_failed() {
    let said = |name: &str, status: &str, code: &str| {
        format!("<{name}>{status}</{name}><StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>")
    };
    for code in SENT_TWICE {
        assert!(
            REASONS.iter().any(|(known, _)| known == code),
            "{code} has its meaning"
        );
        let whole = report_of(&said("GrpSts", "RJCT", code), "");
        assert_eq!(errors(&whole), [TWICE]);
        assert!(
            whole.wholes.is_empty() && whole.rows.is_empty(),
            "{whole:?}"
        );
        let part = format!(
            "<OrgnlPmtInfAndSts>{}{}</OrgnlPmtInfAndSts>",
            said("PmtInfSts", "RJCT", code),
            transfer("PO-1", "RJCT", "")
        );
        let group = report_of("", &part);
        assert_eq!(errors(&group), [TWICE]);
        assert!(
            group.wholes.is_empty() && group.rows.is_empty(),
            "{group:?}"
        );
        let why = format!("<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>");
        let one = report(&transfer("PO-1", "RJCT", &why));
        assert_eq!(errors(&one), [format!("names PO-1, which {TWICE}")]);
        assert!(one.rows.is_empty(), "{one:?}");
    }
    // Another reason beside it does not hide it, nor does a status that each transfer has for itself.
    let second = format!("{REFUSED}<StsRsnInf><Rsn><Prtry>DUPL</Prtry></Rsn></StsRsnInf>");
    assert_eq!(errors(&report_of(&second, "")), [TWICE]);
    let in_part = format!(
        "<OrgnlPmtInfAndSts><PmtInfSts>RJCT</PmtInfSts>{}</OrgnlPmtInfAndSts>",
        transfer("PO-1", "RJCT", "")
    );
    let above = report_of(&said("GrpSts", "PART", "AM05"), &in_part);
    assert_eq!(errors(&above), [TWICE]);
    // Nor does it hide in a transfer that names no payout, of a file that was refused.
    let why = "<StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>";
    for nameless in [
        transfer("NOTPROVIDED", "RJCT", why),
        format!("<TxInfAndSts><TxSts>RJCT</TxSts>{why}</TxInfAndSts>"),
        format!("<TxInfAndSts>{why}</TxInfAndSts>"),
    ] {
        let part = format!("<OrgnlPmtInfAndSts>{nameless}</OrgnlPmtInfAndSts>");
        assert_eq!(errors(&report_of(REFUSED, &part)), [TWICE], "{nameless}");
    }
    // What was executed all the same is paid.
    let paid = report_of(&said("GrpSts", "ACSC", "AM05"), "");
    assert_eq!(wholes(&paid), [("file1", Outcome::Paid)]);
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
fn a_file_with_too_many_payments_is_refused() {
    let transfers: String = (1..=ROWS_MAX + 20)
        .map(|number| transfer(&format!("PO-{number}"), "ACSC", ""))
        .collect();
    let answers = report(&transfers);
    assert_eq!(answers.rows.len(), ROWS_MAX);
    assert_eq!(
        errors(&answers),
        ["a file holds 10000 payments; ask the bank for it in parts"]
    );
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
