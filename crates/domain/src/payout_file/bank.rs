//! What a bank answers to a SEPA file, in ISO 20022: the status report `pain.002`, and the notification or statement of
//! the account, `camt.054` and `camt.053`; of any version.
//!
//! A payment is known by the end-to-end id that [`super::sepa`] gave it. In a status report every id must be one of ours.
//! An account has other payments too: entries whose end-to-end id is not written as ours are passed over there.

use std::collections::BTreeMap;

use super::number_in;
use super::result::{Answer, Answers, Outcome, PaidAt, ROWS_MAX, RowError, Said, Which, shortened};
use super::xml::{self, Element};
use crate::time::Day;

/// Transaction statuses after which the money has left the account for good.
const PAID: &[&str] = &["ACSC", "ACCC"];
/// Those after which it has not left it.
const FAILED: &[&str] = &["RJCT", "CANC"];
/// Those that decide nothing yet.
const WAITS: &[&str] = &[
    "RCVD", "PDNG", "PRES", "PATC", "ACTC", "ACCP", "ACFC", "ACPD", "ACSP", "ACWC", "ACWP", "BLCK",
];

/// What the usual reasons mean, by their code in the external code lists of ISO 20022.
const REASONS: &[(&str, &str)] = &[
    ("AC01", "the account number is wrong"),
    ("AC03", "the account number is wrong"),
    ("AC04", "the account is closed"),
    ("AC06", "the account is blocked"),
    ("AG01", "the account takes no such transfers"),
    ("AG02", "the bank does not know this kind of transfer"),
    ("AM04", "there is not enough money on the account"),
    ("AM05", "it was sent twice"),
    ("BE04", "the address of the payee is missing"),
    ("BE05", "the bank does not know who pays"),
    ("CNOR", "the payee's bank is not reached by this scheme"),
    ("CUST", "the customer asked for it"),
    ("DUPL", "it was sent twice"),
    ("FF01", "the file is not as the bank wants it"),
    ("FOCR", "it was called back"),
    ("FRAD", "it was reported as fraud"),
    ("MD07", "the payee has died"),
    ("MS02", "the payee did not want it"),
    ("MS03", "the payee's bank gave no reason"),
    ("RC01", "the bank's code is wrong"),
    ("RR04", "the bank had to by law"),
    ("TECH", "it was sent by a technical error"),
];

/// Reads an answer of a bank.
pub(super) fn read(text: &str) -> Answers {
    let mut answers = Answers::default();
    let root = match xml::read(text) {
        Ok(root) => root,
        Err(fault) => {
            answers.errors.push(RowError {
                line: fault.line,
                message: fault.message,
            });
            return answers;
        }
    };
    if let Some(report) = root.at(&["CstmrPmtStsRpt"]) {
        status_report(report, &mut answers);
    } else if let Some(notification) = root.at(&["BkToCstmrDbtCdtNtfctn"]) {
        account(notification, "Ntfctn", &mut answers);
    } else if let Some(statement) = root.at(&["BkToCstmrStmt"]) {
        account(statement, "Stmt", &mut answers);
    } else {
        answers.errors.push(RowError {
            line: root.line,
            message: "is none of a bank's answers that are read: pain.002, camt.054 or camt.053"
                .to_owned(),
        });
    }
    if answers.rows.len() > ROWS_MAX {
        answers.rows.truncate(ROWS_MAX);
        answers.errors.push(RowError {
            line: 1,
            message: format!("a file holds {ROWS_MAX} payments; ask the bank for it in parts"),
        });
    }
    answers
}

/// `pain.002`: what became of each transfer of a file.
fn status_report(report: &Element, answers: &mut Answers) {
    let transfers: Vec<&Element> = report
        .all("OrgnlPmtInfAndSts")
        .flat_map(|part| part.all("TxInfAndSts"))
        .collect();
    if transfers.is_empty() {
        whole_file(report, answers);
    }
    let mut places = BTreeMap::new();
    for transfer in transfers {
        match status(transfer) {
            Ok(answer) => push(answers, &mut places, answer),
            Err(message) => answers.errors.push(RowError {
                line: transfer.line,
                message,
            }),
        }
    }
}

/// A status of the file as a whole names no payout, so that a person has to act on it.
fn whole_file(report: &Element, answers: &mut Answers) {
    let group = report.at(&["OrgnlGrpInfAndSts"]);
    let part = report.at(&["OrgnlPmtInfAndSts"]);
    let found = [(group, "GrpSts"), (part, "PmtInfSts")]
        .into_iter()
        .find_map(|(element, name)| {
            let element = element?;
            Some((element, element.text_at(&[name])?))
        });
    let Some((element, code)) = found else {
        answers.errors.push(RowError {
            line: report.line,
            message: "names no transfer and no status".to_owned(),
        });
        return;
    };
    let file = group
        .and_then(|group| group.text_at(&["OrgnlMsgId"]))
        .map(shortened)
        .unwrap_or_default();
    let code = shortened(code);
    let message = if FAILED.contains(&code.as_str()) {
        let why = reason(element, "StsRsnInf").unwrap_or_else(|| format!("the bank says {code}"));
        format!(
            "the bank turned the whole file {file} away ({why}): withdraw that file, and make another when it is mended"
        )
    } else {
        format!(
            "the bank says {code} of the whole file {file} and names no transfer, so that nothing can be taken over"
        )
    };
    answers.errors.push(RowError {
        line: element.line,
        message,
    });
}

fn status(transfer: &Element) -> Result<Answer, String> {
    let id = transfer
        .text_at(&["OrgnlEndToEndId"])
        .ok_or("names no payout: its end-to-end id is missing")?;
    let number = number_in(id).ok_or_else(|| format!("“{}” is not a payout", shortened(id)))?;
    let code = transfer.text_at(&["TxSts"]).ok_or("has no status")?;
    let why = || reason(transfer, "StsRsnInf").unwrap_or_else(|| format!("The bank says {code}"));
    let outcome = match code {
        known if PAID.contains(&known) => Outcome::Paid,
        known if FAILED.contains(&known) => Outcome::Failed(why()),
        known if WAITS.contains(&known) => Outcome::Waits(known.to_owned()),
        other => {
            return Err(format!(
                "“{}” is not a status that is known",
                shortened(other)
            ));
        }
    };
    let on = transfer.at(&["FctvIntrBkSttlmDt"]).and_then(day);
    Ok(Answer {
        line: transfer.line,
        which: Which::Number(number),
        outcome,
        reference: transfer.text_at(&["AcctSvcrRef"]).map(shortened),
        paid_at: on.map(PaidAt::On),
        said: transfer
            .at(&["OrgnlTxRef", "Amt", "InstdAmt"])
            .map(said)
            .unwrap_or_default(),
    })
}

/// `camt.054` and `camt.053`: what was booked on the account, entry by entry.
fn account(document: &Element, part: &str, answers: &mut Answers) {
    answers.among_others = true;
    let mut places = BTreeMap::new();
    for entry in document.all(part).flat_map(|part| part.all("Ntry")) {
        let details: Vec<&Element> = entry
            .all("NtryDtls")
            .flat_map(|details| details.all("TxDtls"))
            .collect();
        let alone = details.len() == 1;
        for detail in details {
            if let Some(answer) = booked(entry, detail, alone) {
                push(answers, &mut places, answer);
            }
        }
    }
}

/// What an entry says of one of our payouts; none when it is about something else.
fn booked(entry: &Element, detail: &Element, alone: bool) -> Option<Answer> {
    let id = detail.text_at(&["Refs", "EndToEndId"])?;
    // Other payments have ids of their own, which may well be numbers.
    let number = number_in(id).filter(|_| id.trim().to_ascii_uppercase().starts_with("PO-"))?;
    let direction = detail
        .text_at(&["CdtDbtInd"])
        .or(entry.text_at(&["CdtDbtInd"]))?;
    let returned = detail.at(&["RtrInf"]);
    let reversed = entry
        .text_at(&["RvslInd"])
        .is_some_and(|word| word == "true" || word == "1");
    // Older versions have the word in the element itself.
    let state = entry
        .text_at(&["Sts", "Cd"])
        .or(entry.text_at(&["Sts"]))
        .unwrap_or_default();
    let outcome = match direction {
        _ if state != "BOOK" => Outcome::Waits(format!("not booked yet ({})", shortened(state))),
        "DBIT" if returned.is_none() && !reversed => Outcome::Paid,
        "CRDT" if returned.is_some() || reversed => Outcome::Returned(
            reason(detail, "RtrInf").unwrap_or_else(|| "The bank sent it back".to_owned()),
        ),
        // Money that comes in by itself, or a return that is taken back: a person looks at that.
        _ => return None,
    };
    let amount = [
        &["AmtDtls", "TxAmt", "Amt"][..],
        &["AmtDtls", "InstdAmt", "Amt"],
        &["Amt"],
    ]
    .into_iter()
    .find_map(|path| detail.at(path))
    .or(entry.at(&["Amt"]).filter(|_| alone));
    Some(Answer {
        line: detail.line,
        which: Which::Number(number),
        outcome,
        reference: detail
            .text_at(&["Refs", "AcctSvcrRef"])
            .or(entry.text_at(&["AcctSvcrRef"]))
            .map(shortened),
        paid_at: entry.at(&["BookgDt"]).and_then(day).map(PaidAt::On),
        said: amount.map(said).unwrap_or_default(),
    })
}

/// Puts an answer behind the others. A payment that was booked and came back within one file came back, unless it was
/// made again on a later day: a payout that failed is sent again under its number. The same said twice is wrong.
/// `places` are those of the payouts in the rows.
fn push(answers: &mut Answers, places: &mut BTreeMap<Which, usize>, answer: Answer) {
    let Some(&place) = places.get(&answer.which) else {
        places.insert(answer.which, answers.rows.len());
        answers.rows.push(answer);
        return;
    };
    let earlier = &mut answers.rows[place];
    let takes_its_place = match (&earlier.outcome, &answer.outcome) {
        _ if !answers.among_others => None,
        (Outcome::Paid | Outcome::Waits(_), Outcome::Returned(_)) => {
            Some(!is_on_later_day(earlier, &answer))
        }
        (Outcome::Returned(_), Outcome::Paid | Outcome::Waits(_)) => {
            Some(is_on_later_day(&answer, earlier))
        }
        (Outcome::Waits(_), Outcome::Paid) => Some(true),
        (Outcome::Paid, Outcome::Waits(_)) => Some(false),
        _ => None,
    };
    match takes_its_place {
        Some(true) => *earlier = answer,
        Some(false) => {}
        None => {
            let message = format!("names the same payout as line {}", earlier.line);
            let line = answer.line;
            answers.errors.push(RowError { line, message });
        }
    }
}

/// Whether one was booked on a later day than the other, as far as both say.
fn is_on_later_day(one: &Answer, other: &Answer) -> bool {
    match (one.paid_at, other.paid_at) {
        (Some(PaidAt::On(day)), Some(PaidAt::On(before))) => day > before,
        _ => false,
    }
}

fn said(amount: &Element) -> Said {
    Said {
        amount: Some(shortened(amount.text.trim())).filter(|text| !text.is_empty()),
        currency: amount.attribute("Ccy").map(shortened),
        with_fees: false,
    }
}

/// The day of a date: `Dt`, the first part of `DtTm`, or the text itself.
fn day(date: &Element) -> Option<Day> {
    let text = date
        .text_at(&["Dt"])
        .or(date.text_at(&["DtTm"]))
        .or(date.text_at(&[]))?;
    Day::parse(text.split_at_checked(10).map_or(text, |(day, _)| day)).ok()
}

/// `AC04, the account is closed: what the bank adds`; none when it gives no reason.
fn reason(element: &Element, name: &str) -> Option<String> {
    let given = element.at(&[name])?;
    let code = given
        .text_at(&["Rsn", "Cd"])
        .or(given.text_at(&["Rsn", "Prtry"]));
    let known = code.and_then(|code| REASONS.iter().find(|(known, _)| *known == code));
    let added = given.text_at(&["AddtlInf"]);
    let text = match (code, known, added) {
        (Some(code), Some((_, meaning)), None) => format!("{code}, {meaning}"),
        (Some(code), Some((_, meaning)), Some(added)) => format!("{code}, {meaning}: {added}"),
        (Some(code), None, Some(added)) => format!("{code}: {added}"),
        (Some(code), None, None) => code.to_owned(),
        (None, _, Some(added)) => added.to_owned(),
        (None, _, None) => return None,
    };
    Some(shortened(&text))
}

#[cfg(test)]
mod tests {
    use super::super::result::read;
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
        read(&format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn>{entries}</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>"
        ))
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
    const BACK: &str =
        "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Konto erloschen</AddtlInf></RtrInf>";

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

    #[test]
    fn a_file_that_was_turned_away_as_a_whole_needs_a_person() {
        let refused = read(
            "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>sepa-po-1001</OrgnlMsgId><GrpSts>RJCT</GrpSts>\
             <StsRsnInf><Rsn><Cd>FF01</Cd></Rsn></StsRsnInf></OrgnlGrpInfAndSts></CstmrPmtStsRpt></Document>",
        );
        assert!(refused.rows.is_empty());
        assert_eq!(
            errors(&refused),
            [
                "the bank turned the whole file sepa-po-1001 away (FF01, the file is not as the bank wants it): withdraw that file, and make another when it is mended"
            ]
        );
        let taken = read(
            "<Document><CstmrPmtStsRpt><OrgnlGrpInfAndSts><OrgnlMsgId>f</OrgnlMsgId></OrgnlGrpInfAndSts>\
             <OrgnlPmtInfAndSts><PmtInfSts>ACCP</PmtInfSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
        );
        assert!(errors(&taken)[0].contains("says ACCP of the whole file f and names no transfer"));
        let empty = read("<Document><CstmrPmtStsRpt/></Document>");
        assert_eq!(errors(&empty), ["names no transfer and no status"]);
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
        let back_again =
            notification(&[paid, back.clone(), again, on(&back, "2026-11-28")].concat());
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
        let twice = notification(&[paid.clone(), paid].concat());
        assert_eq!(errors(&twice), ["names the same payout as line 1"]);
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
}
