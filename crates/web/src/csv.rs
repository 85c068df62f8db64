//! Exports: the rows of a list as comma-separated values.
//!
//! Times are ISO 8601 in UTC, days ISO dates, amounts raw decimals with their currency in a column of
//! its own. Text that a spreadsheet would run as a formula gets a leading apostrophe; see [`Cell`].
//!
//! ```ignore
//! let mut sheet = Sheet::new(&["Name", "Revenue", "Currency", "Created"]);
//! for row in rows {
//!     sheet.row(vec![Cell::from(&row.name), Cell::amount(row.revenue, currency), currency.into(), row.created_at_ms.into()]);
//! }
//! sheet.download("affiliates", today)
//! ```

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::money::{self, Currency};
use domain::time::{Day, UnixMs};

/// Rows that are written in memory, a few megabytes at this size; what is longer is sent in parts, where
/// `crate::export` can.
pub const ROWS_MAX: i64 = 10_000;

/// Why a list of this length is not exported, in words; none when it is.
#[must_use]
pub fn refusal(total: u64) -> Option<String> {
    (total > ROWS_MAX.unsigned_abs()).then(|| {
        let (total, most) = (money::group_thousands(&total.to_string()), money::group_thousands(&ROWS_MAX.to_string()));
        format!("This list has {total} rows; an export holds {most}. Narrow it with the filters and export it in parts.")
    })
}

/// One cell. Text from people is made harmless; figures that the program wrote are left as they are,
/// so that a negative amount stays a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text that may have come from anywhere.
    Text(String),
    /// Digits, a sign, a decimal point, an ISO date: written by the program.
    Plain(String),
}

impl Cell {
    /// An amount in minor units as raw decimals: `-9.80`.
    #[must_use]
    pub fn amount(amount: i64, currency: Currency) -> Self {
        Self::Plain(money::decimal(amount, currency))
    }

    /// An empty cell.
    #[must_use]
    pub const fn empty() -> Self {
        Self::Plain(String::new())
    }

    fn written(self) -> String {
        match self {
            Self::Plain(text) => text,
            Self::Text(text) if text.starts_with(['=', '+', '-', '@', '\t', '\r']) => {
                format!("'{text}")
            }
            Self::Text(text) => text,
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Cell {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Plain(number.to_string())
    }
}
impl From<Currency> for Cell {
    fn from(currency: Currency) -> Self {
        Self::Plain(currency.code().to_owned())
    }
}
impl From<Day> for Cell {
    fn from(day: Day) -> Self {
        Self::Plain(day.to_string())
    }
}
impl From<UnixMs> for Cell {
    fn from(time: UnixMs) -> Self {
        Self::Plain(time.rfc3339())
    }
}
impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::empty(), Into::into)
    }
}

/// A sheet in the making.
#[derive(Debug)]
pub struct Sheet {
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// A sheet whose first row names the columns.
    #[must_use]
    pub fn new(columns: &[&str]) -> Self {
        let mut sheet = Self::further();
        sheet.row(columns.iter().map(|&column| Cell::from(column)).collect());
        sheet
    }

    /// A sheet that goes on where another ended: its first row names no columns.
    #[must_use]
    pub fn further() -> Self {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        Self { writer }
    }

    /// Adds a row; it must have as many cells as there are columns.
    pub fn row(&mut self, cells: Vec<Cell>) {
        let written = self
            .writer
            .write_record(cells.into_iter().map(Cell::written));
        debug_assert!(written.is_ok(), "a row has as many cells as the first");
    }

    /// The sheet as text.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.into_inner().unwrap_or_default()
    }

    /// The sheet as a download named `<noun>-<day>.csv`; both are the program's own words.
    #[must_use]
    pub fn download(self, noun: &'static str, day: Day) -> Response {
        (headers(noun, day), self.into_bytes()).into_response()
    }
}

/// What says that an answer is a sheet to be kept as `<noun>-<day>.csv`.
#[must_use]
pub fn headers(noun: &'static str, day: Day) -> [(HeaderName, HeaderValue); 2] {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{noun}-{day}.csv\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/csv; charset=utf-8"),
        ),
        (header::CONTENT_DISPOSITION, disposition),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_disarmed_and_figures_kept() {
        let usd: Currency = "USD".parse().unwrap();
        let mut sheet = Sheet::new(&["Name", "Note", "Owed", "Currency", "At"]);
        sheet.row(vec![
            Cell::from("=cmd|' /C calc'!A0"),
            Cell::from("a, \"b\"\nc"),
            Cell::amount(-980, usd),
            usd.into(),
            UnixMs(1_700_000_000_000).into(),
        ]);
        for start in ["+1", "-1", "@x", "\tx", "\rx"] {
            sheet.row(vec![
                Cell::from(start),
                Cell::empty(),
                0.into(),
                Cell::empty(),
                None::<Day>.into(),
            ]);
        }
        let text = String::from_utf8(sheet.into_bytes()).unwrap();
        let mut lines = text.split("\r\n");
        assert_eq!(lines.next(), Some("Name,Note,Owed,Currency,At"));
        assert_eq!(
            lines.next(),
            Some("'=cmd|' /C calc'!A0,\"a, \"\"b\"\"\nc\",-9.80,USD,2023-11-14T22:13:20.000Z")
        );
        assert_eq!(lines.next(), Some("'+1,,0,,"));
        assert!(
            text.contains("'-1,")
                && text.contains("'@x,")
                && text.contains("'\tx,")
                && text.contains("'\rx")
        );
    }

    #[test]
    fn long_lists_are_refused_in_words() {
        assert_eq!(refusal(10_000), None);
        assert!(
            refusal(12_345)
                .unwrap()
                .starts_with("This list has 12,345 rows; an export holds 10,000.")
        );
    }

    #[test]
    fn a_download_is_named() {
        let response = Sheet::new(&["A"]).download("affiliates", Day::parse("2026-11-21").unwrap());
        assert_eq!(
            response.headers()["content-disposition"],
            "attachment; filename=\"affiliates-2026-11-21.csv\""
        );
    }
}
