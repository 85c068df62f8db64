//! What a bank answers to a SEPA file, in ISO 20022: the status report `pain.002`, and the notification or statement of
//! the account, `camt.054` and `camt.053`; of any version.
//!
//! A payment is known by the end-to-end id that [`super::sepa`] gave it. In a status report every id must be one of ours.
//! An account has other payments too: entries whose end-to-end id is not written as ours are passed over there. Another
//! business may be paid from the same account and count its payouts likewise, so that a row also has the ids of message,
//! group and instruction, as far as the bank names them.

use std::collections::{BTreeMap, BTreeSet};

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
/// transfers, whether they are listed or not; `PART` says that each has its own. Which transfers a group has is not known
/// here, so that a group without a word leaves it in doubt for whom the word of another one holds: see [`add_silent`].
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
    let (mut places, mut silent) = (BTreeMap::new(), Vec::new());
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
        match said {
            Some(outcome) => add_whole(answers, part.line, message.or(name), outcome),
            None => silent.push((part.line, message.or(name))),
        }
    }
    for (line, file) in silent {
        add_silent(answers, line, file);
    }
    answers.limit();
}

const NOTHING: &str = "names no transfer and no status";
/// The status of what has none as a whole.
const IN_PART: &str = "PART";

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

/// Adds that a group has no word of its own, where another group of its file has one: what is not listed may be in either.
fn add_silent(answers: &mut Answers, line: u64, file: Option<&str>) {
    let file = file.map(shortened);
    let spoken_of: BTreeSet<String> = answers
        .wholes
        .iter()
        .map(|whole| whole.file.clone())
        .filter(|other| file.as_ref().is_none_or(|file| file == other))
        .collect();
    answers
        .wholes
        .extend(spoken_of.into_iter().map(|file| Whole {
            line,
            file,
            outcome: Outcome::Waits(IN_PART.to_owned()),
        }));
}

/// What is said of the whole of a file, or of a group in a file of which `above` is said; none where its transfers have a
/// word each.
fn of_whole(
    element: &Element,
    name: &str,
    above: Option<&Outcome>,
) -> Result<Option<Outcome>, String> {
    let code = element.text_at(&[name]);
    if is_sent_twice(element, "StsRsnInf") && !code.is_some_and(is_no_refusal) {
        return Err(TWICE.to_owned());
    }
    let Some(code) = code.filter(|code| *code != IN_PART) else {
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
/// the bank may be paying the first one. Nor has a payment come back of which a second one did. The reasons are in elements
/// of this `name`.
fn is_sent_twice(element: &Element, name: &str) -> bool {
    element.all(name).any(|given| {
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
    let is_sent_twice = is_sent_twice(transfer, "StsRsnInf");
    let id = match transfer.text_at(&["OrgnlEndToEndId"]) {
        None | Some("NOTPROVIDED") if is_refused && is_sent_twice => return Err(TWICE.to_owned()),
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
    if matches!(outcome, Outcome::Failed(_)) && is_sent_twice {
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
        sent_twice: false,
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
    let sent_twice = matches!(outcome, Outcome::Returned(_)) && is_sent_twice(detail, "RtrInf");
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
        sent_twice,
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
mod tests;
