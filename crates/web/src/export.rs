//! Exports of lists that may be long. Up to [`csv::ROWS_MAX`] rows are one answer in the order of the list; more of
//! them are read part by part, newest first, while they are sent: over one view of the database, in the memory of a
//! part or two (docs/adr/0024).

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::id::EntityId;
use domain::time::Day;
use futures_util::stream;
use service::Work;
use service::error::Result;
use service::store::list::Window;
use tokio::sync::mpsc::{self, Sender};
use tokio::time::timeout;

use crate::csv::{self, Sheet};
use crate::error::PageError;
use crate::flash;
use crate::list::{ListState, Orders};

/// Rows of a part.
const PART_ROWS: i64 = 1_000;
/// How long a part may wait for a browser that takes nothing. The view is held meanwhile.
const STALL_MAX: Duration = Duration::from_secs(30);
/// How long the whole may take.
const WHOLE_MAX: Duration = Duration::from_secs(600);

const BUSY: &str = "Two long exports are being sent already. Try again when one of them has ended, or narrow the list with the filters.";

/// A list as it is exported.
pub(crate) trait Rows: Send + Sync + 'static {
    /// A row as it is read.
    type Row: Send;
    /// What a cursor names.
    type Id: EntityId + Send;
    /// The file's name without day and ending.
    const NAME: &'static str;
    /// The heads of the columns.
    const COLUMNS: &'static [&'static str];
    /// The noun's order in which a cursor goes on.
    const NEWEST: &'static str;

    /// Reads a part of the list.
    fn list(
        &self,
        work: &mut Work,
        window: Window,
    ) -> impl Future<Output = Result<Vec<Self::Row>>> + Send;

    /// The cursor behind a row.
    fn id(row: &Self::Row) -> Self::Id;

    /// Writes what a row becomes, one line or several.
    fn write(row: Self::Row, sheet: &mut Sheet);
}

/// The answer with all rows of a list. `state` knows how many there are.
///
/// # Errors
/// When they cannot be read; once a long answer has begun it is cut off instead, so that no browser takes it for whole.
pub(crate) async fn answer<R: Rows>(
    mut work: Work,
    state: &ListState,
    orders: Orders,
    day: Day,
    rows: R,
) -> Result<Response, PageError> {
    if csv::refusal(state.total()).is_none() {
        let mut sheet = Sheet::new(R::COLUMNS);
        for row in rows.list(&mut work, state.everything(orders)).await? {
            R::write(row, &mut sheet);
        }
        return Ok(sheet.download(R::NAME, day));
    }
    let Ok(place) = work.app.exports().try_acquire_owned() else {
        return Ok(flash::redirect_with_error(&state.href(), BUSY));
    };
    let (parts, mut sent) = mpsc::channel(1);
    tokio::spawn(async move {
        let whole = match timeout(WHOLE_MAX, read(&mut work, &rows, &parts)).await {
            Ok(Ok(whole)) => whole,
            Ok(Err(error)) => {
                tracing::error!(%error, "an export was cut off");
                false
            }
            Err(_) => {
                tracing::warn!("an export took too long and was cut off");
                false
            }
        };
        // Before the end is told: who has read it may begin another one.
        drop((work, place));
        if whole {
            send(&parts, Part::End).await;
        }
    });
    let mut whole = false;
    let body = stream::poll_fn(move |context| {
        sent.poll_recv(context).map(|part| match part {
            Some(Part::Rows(bytes)) => Some(Ok(bytes)),
            Some(Part::End) => {
                whole = true;
                None
            }
            None if whole => None,
            None => {
                whole = true;
                Some(Err(io::Error::other("the export was cut off")))
            }
        })
    });
    Ok((csv::headers(R::NAME, day), Body::from_stream(body)).into_response())
}

/// What the reader tells the answer.
enum Part {
    Rows(Bytes),
    /// Nothing is missing. Without it the answer is cut off.
    End,
}

/// Reads all rows, part by part. False when the browser has gone.
async fn read<R: Rows>(work: &mut Work, rows: &R, parts: &Sender<Part>) -> Result<bool> {
    let mut window = Window {
        order: R::NEWEST,
        ..Window::after(None, PART_ROWS)
    };
    let mut sheet = Sheet::new(R::COLUMNS);
    loop {
        let found = rows.list(work, window).await?;
        let more = i64::try_from(found.len()) == Ok(PART_ROWS);
        let last = found.last().map(R::id).filter(|_| more);
        for row in found {
            R::write(row, &mut sheet);
        }
        if !send(parts, Part::Rows(sheet.into_bytes().into())).await {
            return Ok(false);
        }
        let Some(last) = last else { break };
        window.after = Some(last.into());
        sheet = Sheet::further();
    }
    Ok(true)
}

/// False when the browser has gone or takes nothing.
async fn send(parts: &Sender<Part>, part: Part) -> bool {
    matches!(timeout(STALL_MAX, parts.send(part)).await, Ok(Ok(())))
}
