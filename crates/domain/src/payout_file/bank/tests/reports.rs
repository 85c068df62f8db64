//! Status reports, of a whole file and of its transfers.

use super::*;
use crate::payout_file::result::{ROWS_MAX, read};

const REFUSED: &str = "<GrpSts>RJCT</GrpSts><StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf>";
const MISSHAPEN: &str = "FF01, the file is not as the bank wants it";

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
