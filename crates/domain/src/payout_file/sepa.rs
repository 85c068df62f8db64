//! SEPA credit transfers as a bank takes them: ISO 20022 `pain.001.001.09`, within the customer-to-bank rules of
//! the European Payments Council: euro only, service level SEPA, charges shared (SLEV), names of at most 70 and
//! references of at most 35 characters of the SEPA character set, one debtor. The end-to-end id is the payout's number,
//! which its payee reads; the instruction id is the payout's own id, which no other business has.

use unicode_normalization::UnicodeNormalization as _;

use super::{FileError, Order, Place, checked, reference};
use crate::id::EntityId;
use crate::money::decimal;
use crate::time::{Day, UnixMs};

/// Payments of one file; banks take more, but turn away a file with one error as a whole.
pub const ROWS_MAX: usize = 10_000;
/// The largest amount of one transfer, in cents.
const AMOUNT_MAX: i64 = 99_999_999_999;
const NAME_MAX: usize = 70;
const ID_MAX: usize = 35;
const TEXT_MAX: usize = 140;
const NAMESPACE: &str = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

/// Who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debtor {
    /// The account's holder.
    pub name: String,
    /// Without spaces.
    pub iban: String,
    /// The bank's code.
    pub bic: Option<String>,
}

/// What a file is called and when it is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Unique for the debtor; at most 35 characters of the SEPA set.
    pub id: String,
    /// When it was written.
    pub created: UnixMs,
    /// The day on which the bank shall pay.
    pub on: Day,
}

/// A text in the SEPA character set: letters and digits of the Latin alphabet, `/ - ? : ( ) . , ' +` and the
/// space. Letters with marks lose them, what has no equal becomes a dot; spaces are single, and no slash
/// begins, ends or follows another.
#[must_use]
pub fn latin(text: &str, most: usize) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(c),
            '/' | '-' | '?' | ':' | '(' | ')' | '.' | ',' | '\'' | '+' => out.push(c),
            _ if c.is_whitespace() => out.push(' '),
            'ä' | 'æ' => out.push_str("ae"),
            'ö' | 'œ' => out.push_str("oe"),
            'ü' => out.push_str("ue"),
            'Ä' | 'Æ' => out.push_str("Ae"),
            'Ö' | 'Œ' => out.push_str("Oe"),
            'Ü' => out.push_str("Ue"),
            'ß' => out.push_str("ss"),
            'ẞ' => out.push_str("SS"),
            'þ' => out.push_str("th"),
            'Þ' => out.push_str("Th"),
            '&' => out.push('+'),
            '_' | '–' | '—' | '‑' => out.push('-'),
            '’' | '‘' | '`' | '´' => out.push('\''),
            '[' | '{' => out.push('('),
            ']' | '}' => out.push(')'),
            ';' => out.push(','),
            '\\' | '|' => out.push('/'),
            _ => match plain_letter(c) {
                Some(letter) => out.push(letter),
                None if c.is_control() => {}
                None => out.push('.'),
            },
        }
    }
    let mut single = String::new();
    for c in out.trim_matches([' ', '/']).chars() {
        let doubled = matches!(c, ' ' | '/') && single.ends_with(c);
        if !doubled {
            single.push(c);
        }
    }
    let cut: String = single.chars().take(most).collect();
    cut.trim_matches([' ', '/']).to_owned()
}

/// The letter under the marks.
fn plain_letter(c: char) -> Option<char> {
    match c {
        'đ' | 'ð' => Some('d'),
        'Đ' | 'Ð' => Some('D'),
        'ħ' => Some('h'),
        'Ħ' => Some('H'),
        'ı' => Some('i'),
        'ł' => Some('l'),
        'Ł' => Some('L'),
        'ø' => Some('o'),
        'Ø' => Some('O'),
        'ŧ' => Some('t'),
        'Ŧ' => Some('T'),
        _ => c.nfkd().find(char::is_ascii_alphanumeric),
    }
}

/// An id as a bank takes it, letters and digits only: at most 35 characters.
#[must_use]
pub fn name_of(id: impl EntityId) -> String {
    let text = id.to_string();
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// The id that [`name_of`] wrote, however the bank writes letters; none where the text is something else.
#[must_use]
pub fn named<I: EntityId>(text: &str) -> Option<I> {
    let folded = text.trim().to_ascii_lowercase();
    let rest = folded.strip_prefix(I::PREFIX)?;
    format!("{}_{rest}", I::PREFIX).parse().ok()
}

/// An element with text; the set has no character that XML would take for its own but the apostrophe, which
/// may stand in text.
fn element(out: &mut String, name: &str, text: &str) {
    out.push_str(&format!("<{name}>{text}</{name}>"));
}

fn agent(out: &mut String, name: &str, bic: Option<&str>) {
    out.push_str(&format!("<{name}><FinInstnId>"));
    match bic {
        Some(bic) => element(out, "BICFI", bic),
        None => out.push_str("<Othr><Id>NOTPROVIDED</Id></Othr>"),
    }
    out.push_str(&format!("</FinInstnId></{name}>"));
}

/// Writes the file. `text` stands before the reference in what the payee reads.
///
/// # Errors
/// [`FileError`]: another currency than the euro, no bank account, an amount that is too large.
pub fn write(
    orders: &[Order],
    debtor: &Debtor,
    message: &Message,
    text: &str,
) -> Result<String, FileError> {
    checked(orders, ROWS_MAX)?;
    let mut transfers = String::new();
    let mut sum = 0_i64;
    for order in orders {
        if order.currency.code() != "EUR" {
            return Err(FileError::NotEuro {
                number: order.number,
                currency: order.currency,
            });
        }
        let refused = |reason| FileError::Order {
            number: order.number,
            reason,
        };
        let Place::Bank { iban, bic } = &order.place else {
            return Err(refused("it does not go to a bank account"));
        };
        if order.amount > AMOUNT_MAX {
            return Err(refused("SEPA transfers are below a thousand million euro"));
        }
        let name = latin(&order.payee, NAME_MAX);
        if name.is_empty() {
            return Err(refused("the account has no holder"));
        }
        sum = sum.checked_add(order.amount).ok_or(FileError::TooLarge)?;
        transfers.push_str("<CdtTrfTxInf><PmtId>");
        element(&mut transfers, "InstrId", &name_of(order.payout_id));
        element(&mut transfers, "EndToEndId", &reference(order.number));
        transfers.push_str("</PmtId><Amt>");
        transfers.push_str(&format!(
            "<InstdAmt Ccy=\"EUR\">{}</InstdAmt></Amt>",
            decimal(order.amount, order.currency)
        ));
        if let Some(bic) = bic {
            agent(&mut transfers, "CdtrAgt", Some(bic));
        }
        transfers.push_str("<Cdtr>");
        element(&mut transfers, "Nm", &name);
        transfers.push_str("</Cdtr><CdtrAcct><Id>");
        element(&mut transfers, "IBAN", iban);
        transfers.push_str("</Id></CdtrAcct><RmtInf>");
        let words = latin(&format!("{text} {}", reference(order.number)), TEXT_MAX);
        element(&mut transfers, "Ustrd", &words);
        transfers.push_str("</RmtInf></CdtTrfTxInf>");
    }
    let first = orders.first().ok_or(FileError::Empty)?;
    let total = decimal(sum, first.currency);
    let count = orders.len().to_string();
    let name = latin(&debtor.name, NAME_MAX);
    let id = latin(&message.id, ID_MAX);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"{NAMESPACE}\"><CstmrCdtTrfInitn><GrpHdr>"
    );
    element(&mut out, "MsgId", &id);
    // Seconds and the sign of UTC; parts of a second are not needed.
    let created = message.created.rfc3339();
    let created = created.split('.').next().unwrap_or_default();
    element(&mut out, "CreDtTm", &format!("{created}Z"));
    element(&mut out, "NbOfTxs", &count);
    element(&mut out, "CtrlSum", &total);
    out.push_str("<InitgPty>");
    element(&mut out, "Nm", &name);
    out.push_str("</InitgPty></GrpHdr><PmtInf>");
    element(&mut out, "PmtInfId", &id);
    element(&mut out, "PmtMtd", "TRF");
    element(&mut out, "NbOfTxs", &count);
    element(&mut out, "CtrlSum", &total);
    out.push_str("<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf><ReqdExctnDt>");
    element(&mut out, "Dt", &message.on.to_string());
    out.push_str("</ReqdExctnDt><Dbtr>");
    element(&mut out, "Nm", &name);
    out.push_str("</Dbtr><DbtrAcct><Id>");
    element(&mut out, "IBAN", &debtor.iban);
    out.push_str("</Id></DbtrAcct>");
    agent(&mut out, "DbtrAgt", debtor.bic.as_deref());
    element(&mut out, "ChrgBr", "SLEV");
    out.push_str(&transfers);
    out.push_str("</PmtInf></CstmrCdtTrfInitn></Document>\n");
    Ok(out)
}
