//! What a bank answers to a SEPA file, in ISO 20022: the status report `pain.002`, and the notification or statement of
//! the account, `camt.054` and `camt.053`; of any version.
//!
//! A payment is known by the end-to-end id that [`super::sepa`] gave it. In a status report every id must be one of ours.
//! An account has other payments too: entries whose end-to-end id is not written as ours are passed over there. Another
//! business may be paid from the same account and count its payouts likewise, so that a row also has the ids of message,
//! group and instruction, as far as the bank names them.

use std::collections::BTreeMap;

use super::number_in;
use super::result::{
    Answer, Answers, Outcome, PaidAt, RowError, Said, Stated, Which, Whole, shortened,
};
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
    ("DU01", "the file was sent twice"),
    ("DU02", "the group of payments was sent twice"),
    ("DU03", "the payment was sent twice"),
    ("DU04", "its end-to-end id was used before"),
    ("DU05", "its instruction id was used before"),
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

/// Reasons of which each says that the same was sent before, and nothing of what became of that.
const SENT_TWICE: &[&str] = &["AM05", "DU01", "DU02", "DU03", "DU04", "DU05", "DUPL"];

/// Reads an answer of a bank.
pub(super) fn read(text: &str) -> Answers {
    let mut answers = Answers {
        of_bank: true,
        ..Answers::default()
    };
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
    answers
}

/// `pain.002`: what became of a file, of a group in it, and of each transfer. A status of the whole holds for all of its
/// transfers, whether they are listed or not; `PART` says that each has its own.
fn status_report(report: &Element, answers: &mut Answers) {
    let group = report.at(&["OrgnlGrpInfAndSts"]);
    let message = group.and_then(|group| group.text_at(&["OrgnlMsgId"]));
    let of_all = match group.map_or(Ok(None), |group| of_whole(group, "GrpSts", None)) {
        Ok(word) => word,
        Err(fault) => return wrong(answers, report.line, fault),
    };
    let parts: Vec<&Element> = report.all("OrgnlPmtInfAndSts").collect();
    if parts.is_empty() {
        match of_all {
            Some(outcome) => add_whole(answers, report.line, message, outcome),
            None => wrong(answers, report.line, NOTHING.to_owned()),
        }
        return;
    }
    let mut places = BTreeMap::new();
    for part in parts {
        let said = match of_whole(part, "PmtInfSts", of_all.as_ref()) {
            Ok(said) => said,
            Err(fault) => {
                wrong(answers, part.line, fault);
                continue;
            }
        };
        let name = part.text_at(&["OrgnlPmtInfId"]);
        let origin: Vec<String> = [message, name]
            .into_iter()
            .flatten()
            .map(shortened)
            .collect();
        let mut transfers = part.all("TxInfAndSts").peekable();
        if transfers.peek().is_none() && said.is_none() {
            wrong(answers, part.line, NOTHING.to_owned());
        }
        for transfer in transfers {
            match status(transfer, said.as_ref(), &origin) {
                Ok(Some(answer)) => answers.push(&mut places, answer),
                Ok(None) => {}
                Err(fault) => wrong(answers, transfer.line, fault),
            }
        }
        if let Some(outcome) = said {
            add_whole(answers, part.line, message.or(name), outcome);
        }
    }
    answers.limit();
}

const NOTHING: &str = "names no transfer and no status";

fn wrong(answers: &mut Answers, line: u64, message: String) {
    answers.errors.push(RowError { line, message });
}

fn add_whole(answers: &mut Answers, line: u64, file: Option<&str>, outcome: Outcome) {
    if let Some(file) = file.map(shortened) {
        answers.wholes.push(Whole {
            line,
            file,
            outcome,
        });
    } else if !matches!(outcome, Outcome::Waits(_)) {
        let message = "speaks of a whole file and does not say of which: its message id is missing";
        wrong(answers, line, message.to_owned());
    }
}

/// What is said of the whole of a file, or of a group in a file of which `above` is said; none where its transfers have a
/// word each.
fn of_whole(
    element: &Element,
    name: &str,
    above: Option<&Outcome>,
) -> Result<Option<Outcome>, String> {
    let code = element.text_at(&[name]);
    if is_sent_twice(element) && !code.is_some_and(is_no_refusal) {
        return Err(TWICE.to_owned());
    }
    let Some(code) = code.filter(|code| *code != "PART") else {
        return Ok(above.cloned());
    };
    let own = meaning(code, reason(element, "StsRsnInf"), above)?;
    if contradicts(above, &own) {
        return Err(format!(
            "says {} of a group, and the opposite of the whole file: ask the bank",
            shortened(code)
        ));
    }
    Ok(Some(own))
}

const TWICE: &str =
    "is refused by the bank as sent twice; the first may be on its way, so nothing is taken over";

fn is_no_refusal(code: &str) -> bool {
    PAID.contains(&code) || WAITS.contains(&code)
}

/// Whether a file, a group or a transfer is said to have been sent before. What is refused for that reason has not failed:
/// the bank may be paying the first one.
fn is_sent_twice(element: &Element) -> bool {
    element.all("StsRsnInf").any(|given| {
        [&["Rsn", "Cd"][..], &["Rsn", "Prtry"]]
            .into_iter()
            .filter_map(|path| given.text_at(path))
            .any(|code| SENT_TWICE.contains(&code))
    })
}

/// What a status means; the reason is that of the transfer, of the group, or of the file, the nearest there is.
fn meaning(code: &str, why: Option<String>, above: Option<&Outcome>) -> Result<Outcome, String> {
    match code {
        known if PAID.contains(&known) => Ok(Outcome::Paid),
        known if FAILED.contains(&known) => Ok(Outcome::Failed(match (why, above) {
            (Some(why), _) => why,
            (None, Some(Outcome::Failed(why))) => why.clone(),
            (None, _) => format!("The bank says {known}"),
        })),
        known if WAITS.contains(&known) => Ok(Outcome::Waits(known.to_owned())),
        other => Err(format!(
            "“{}” is not a status that is known",
            shortened(other)
        )),
    }
}

/// Whether a part cannot have gone so when the whole went like that: of what was refused as a whole nothing is paid or on
/// its way, and of what was executed as a whole nothing is refused.
fn contradicts(whole: Option<&Outcome>, part: &Outcome) -> bool {
    match (whole, part) {
        (Some(Outcome::Failed(_)), part) => !matches!(part, Outcome::Failed(_)),
        (Some(Outcome::Paid), Outcome::Failed(_)) => true,
        _ => false,
    }
}

/// What a transfer says for itself; none where it names no payout and need not: all of its file were refused.
fn status(
    transfer: &Element,
    whole: Option<&Outcome>,
    origin: &[String],
) -> Result<Option<Answer>, String> {
    let is_refused = matches!(whole, Some(Outcome::Failed(_)));
    let id = match transfer.text_at(&["OrgnlEndToEndId"]) {
        None | Some("NOTPROVIDED") if is_refused => return Ok(None),
        None => return Err("names no payout: its end-to-end id is missing".to_owned()),
        Some(id) => id,
    };
    let number = number_in(id).ok_or_else(|| format!("“{}” is not a payout", shortened(id)))?;
    let why = reason(transfer, "StsRsnInf");
    let outcome = match (transfer.text_at(&["TxSts"]), whole) {
        (Some(code), _) => {
            let own = meaning(code, why, whole)?;
            if contradicts(whole, &own) {
                return Err(format!(
                    "says {} of PO-{number}, and the opposite of its whole file: ask the bank",
                    shortened(code)
                ));
            }
            own
        }
        (None, Some(Outcome::Failed(of_all))) => {
            Outcome::Failed(why.unwrap_or_else(|| of_all.clone()))
        }
        (None, Some(of_all)) => of_all.clone(),
        (None, None) => return Err("has no status".to_owned()),
    };
    if matches!(outcome, Outcome::Failed(_)) && is_sent_twice(transfer) {
        return Err(format!("names PO-{number}, which {TWICE}"));
    }
    let on = transfer.at(&["FctvIntrBkSttlmDt"]).and_then(day);
    let instruction = transfer.text_at(&["OrgnlInstrId"]).map(shortened);
    Ok(Some(Answer {
        line: transfer.line,
        which: Which::Number(number),
        outcome,
        reference: transfer.text_at(&["AcctSvcrRef"]).map(shortened),
        paid_at: on.map(PaidAt::On),
        said: transfer
            .at(&["OrgnlTxRef", "Amt", "InstdAmt"])
            .map(said)
            .unwrap_or_default(),
        origin: origin.iter().cloned().chain(instruction).collect(),
    }))
}

/// `camt.054` and `camt.053`: what was booked on the account, entry by entry.
fn account(document: &Element, part: &str, answers: &mut Answers) {
    answers.among_others = true;
    for entry in document.all(part).flat_map(|part| part.all("Ntry")) {
        let details: Vec<&Element> = entry
            .all("NtryDtls")
            .flat_map(|details| details.all("TxDtls"))
            .collect();
        let alone = details.len() == 1;
        for detail in details {
            answers.rows.extend(booked(entry, detail, alone));
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
    let said = match outcome {
        Outcome::Returned(_) => said_of_return(entry, detail, alone),
        _ => stated_amount(entry, detail, alone)
            .map(said)
            .unwrap_or_default(),
    };
    let origin = ["MsgId", "PmtInfId", "InstrId"]
        .into_iter()
        .filter_map(|name| detail.text_at(&["Refs", name]))
        .map(shortened)
        .collect();
    Some(Answer {
        line: detail.line,
        which: Which::Number(number),
        outcome,
        reference: detail
            .text_at(&["Refs", "AcctSvcrRef"])
            .or(entry.text_at(&["AcctSvcrRef"]))
            .map(shortened),
        paid_at: entry.at(&["BookgDt"]).and_then(day).map(PaidAt::On),
        said,
        origin,
    })
}

/// The amount of one payment of an entry; that of the entry where it has no other.
fn stated_amount<'a>(entry: &'a Element, detail: &'a Element, alone: bool) -> Option<&'a Element> {
    [
        &["AmtDtls", "TxAmt", "Amt"][..],
        &["AmtDtls", "InstdAmt", "Amt"],
        &["Amt"],
    ]
    .into_iter()
    .find_map(|path| detail.at(path))
    .or(entry.at(&["Amt"]).filter(|_| alone))
}

/// What a return says of money: what was booked on the account, which is less than what had been sent where a bank kept
/// its charges; and both of these, as far as they are named.
fn said_of_return(entry: &Element, detail: &Element, alone: bool) -> Said {
    let Some(stated) = stated_amount(entry, detail, alone) else {
        return Said::default();
    };
    let booked = entry
        .at(&["Amt"])
        .filter(|_| alone)
        .or(detail.at(&["Amt"]))
        .filter(|booked| booked.attribute("Ccy") == stated.attribute("Ccy"))
        .unwrap_or(stated);
    let sent = [
        &["AmtDtls", "InstdAmt", "Amt"][..],
        &["AmtDtls", "TxAmt", "Amt"],
        &["Amt"],
    ];
    let charges = detail
        .at(&["Chrgs"])
        .or(entry.at(&["Chrgs"]).filter(|_| alone));
    Said {
        sent: sent
            .into_iter()
            .filter_map(|path| detail.at(path))
            .map(stated_in)
            .collect(),
        charges: charges.map(charged).unwrap_or_default(),
        ..said(booked)
    }
}

/// Charges: their total, or one by one, or the one of older versions.
fn charged(charges: &Element) -> Vec<Stated> {
    if let Some(total) = charges.at(&["TtlChrgsAndTaxAmt"]) {
        return vec![stated_in(total)];
    }
    let records: Vec<Stated> = charges
        .all("Rcrd")
        .filter_map(|record| record.at(&["Amt"]))
        .map(stated_in)
        .collect();
    if records.is_empty() {
        charges.at(&["Amt"]).map(stated_in).into_iter().collect()
    } else {
        records
    }
}

fn stated_in(amount: &Element) -> Stated {
    Stated {
        amount: shortened(amount.text.trim()),
        currency: amount.attribute("Ccy").map(shortened).unwrap_or_default(),
    }
}

fn said(amount: &Element) -> Said {
    Said {
        amount: Some(shortened(amount.text.trim())).filter(|text| !text.is_empty()),
        currency: amount.attribute("Ccy").map(shortened),
        ..Said::default()
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
    fn a_second_entry_of_one_payout_is_for_a_person() {
        let paid =
            |day: &str| entry("DBIT", BOOKED, &detail("PO-1", "")).replace("2026-11-24", day);
        let back =
            |day: &str| entry("CRDT", BOOKED, &detail("PO-1", BACK)).replace("2026-11-24", day);
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
            assert_eq!(rows, [second.clone()], "{beside:?}");
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
}
