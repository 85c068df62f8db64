//! Documents to keep: invoices, credit notes and statements as PDF files (docs/adr/0025).
//!
//! A [`Document`] says in blocks what there is to read; an [`invoice`] is one, and so is the portal's statement.
//! [`layout`] sets it on sheets of A4: a plain list of texts and rules with their places, measured in the faces of
//! [`typeface`]. [`paint`] writes that list as PDF/A-2b, and [`download`] hands it out. What a document says comes
//! from the view of the page that it is offered on, so that no figure can differ.

mod document;
pub(crate) mod invoice;
mod layout;
mod paint;
mod typeface;

use axum::response::Response;
use service::App;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

pub(crate) use document::{Block, Cell, Column, Document, Row, Table, Width};

use crate::download::attachment;
use crate::error::PageError;
use crate::language;
use typeface::Typefaces;

const MEDIA_TYPE: &str = "application/pdf";

/// The turn to make one document.
pub(crate) struct Turn(OwnedSemaphorePermit);

/// Waits for the turn. Whoever does has read nothing yet: views of the database are few.
///
/// # Errors
/// Internal, at shutdown.
pub(crate) async fn turn(app: &App) -> Result<Turn, PageError> {
    let turn = app.documents().acquire_owned().await;
    turn.map(Turn)
        .map_err(|error| PageError::internal(format!("pdf: {error}")))
}

/// A document as a file of this name, without its ending. It is made on a thread for long work: a thousand lines
/// take as long as many pages.
///
/// # Errors
/// Internal, when the fonts were not built or the file cannot be written.
pub(crate) async fn download(
    turn: Turn,
    document: Document,
    name: &str,
) -> Result<Response, PageError> {
    let made = spawn_blocking(move || {
        // Until the work has ended, also when nobody waits for it any more.
        let Turn(_held) = turn;
        language::speaking(document.language, || file(&document))
    });
    // What it broke off with may quote the document.
    let made = made
        .await
        .map_err(|_| PageError::internal("pdf: the work broke off"))?;
    let bytes = made.map_err(|cause| PageError::internal(format!("pdf: {cause}")))?;
    Ok(attachment(bytes, MEDIA_TYPE, &format!("{name}.pdf")))
}

/// The bytes of the file: the same for the same document.
fn file(document: &Document) -> Result<Vec<u8>, String> {
    let faces = Typefaces::new().ok_or("the fonts of documents were not built")?;
    let pages = layout::pages(document, &faces);
    paint::file(document, &pages, &faces)
}

#[cfg(test)]
mod tests {
    use domain::time::UnixMs;

    use super::*;

    fn document(text: &str) -> Document {
        Document {
            title: "Statement ST-0001".to_owned(),
            language: language::Language::English,
            made_at: UnixMs(1_795_000_000_000),
            foot: "Fernhill Ltd".to_owned(),
            blocks: vec![Block::Text(text.to_owned())],
        }
    }

    #[test]
    fn the_same_document_has_the_same_bytes() {
        let made = file(&document("Paid to Maya Okönkwo: €20.00")).unwrap();
        assert!(made.starts_with(b"%PDF-1.7") && made.trim_ascii_end().ends_with(b"%%EOF"));
        assert_eq!(
            file(&document("Paid to Maya Okönkwo: €20.00")).unwrap(),
            made
        );
        assert_ne!(
            file(&document("Paid to Maya Okönkwo: €20.01")).unwrap(),
            made
        );
    }

    #[test]
    fn it_says_what_it_is() {
        let made = file(&document("x")).unwrap();
        let text = String::from_utf8_lossy(&made);
        for part in ["Statement ST-0001", "pdfaid", "2026-11-18T"] {
            assert!(text.contains(part), "{part}");
        }
        assert!(!text.contains("Tributary"), "portals are white-label");
    }

    #[test]
    fn whatever_is_written_becomes_a_file() {
        for text in [
            "",
            " \n\n ",
            "😀 👩‍👩‍👧 🏳️‍🌈",
            "漢字 かな 한글",
            "العربية עברית ไทย हिन्दी",
            "e\u{301} i\u{307} \u{301}\u{308}\u{327}",
            "\u{0}\u{7}\u{85}\u{feff}\u{fffe}\u{fffd}\u{202e}\u{e000}\u{f8ff}\u{e0041}",
            "a\u{ad}b\u{200b}c\u{a0}d\u{3000}e\u{2028}f",
            "-> ==> 10x20 (x) fi ffi 1/2 :: <!--",
        ] {
            let made = file(&document(text)).unwrap_or_else(|cause| panic!("{text:?}: {cause}"));
            assert!(made.starts_with(b"%PDF-"), "{text:?}");
        }
    }
}
