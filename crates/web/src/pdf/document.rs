//! What a document says, before anybody knows where on a sheet it stands.

use domain::time::UnixMs;

use crate::language::Language;

/// A document; its texts are in its language already.
#[derive(Debug, Clone)]
pub(crate) struct Document {
    /// What readers call the file by.
    pub title: String,
    /// Of all texts, and of what the layout adds.
    pub language: Language,
    /// When what it says was so; by the clock, so that the file can be made again to the byte.
    pub made_at: UnixMs,
    /// Stands at the foot of each sheet, beside its number; one line.
    pub foot: String,
    /// From the top to the end.
    pub blocks: Vec<Block>,
}

/// A part of a document.
#[derive(Debug, Clone)]
pub(crate) enum Block {
    /// What it is and the figure that it is about, each with a line below.
    Heading {
        title: String,
        below: String,
        figure: String,
        figure_below: String,
    },
    /// A paragraph; an empty one takes no place.
    Text(String),
    /// A paragraph that must not be missed.
    Note(String),
    /// A paragraph in small letters, its lines as they were written.
    Small(String),
    /// Who it is between, beside each other.
    Sides(Vec<Side>),
    /// Lines with their amounts.
    Table(Table),
    /// What they come to: words and amounts, of which the last stands out.
    Sums(Vec<(String, String)>),
    /// A thin line before what follows.
    Rule,
}

/// One of those it is between.
#[derive(Debug, Clone)]
pub(crate) struct Side {
    pub role: String,
    pub name: String,
    pub lines: Vec<String>,
}

/// A table, whose heads come again on each sheet.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
}

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    pub head: String,
    pub width: Width,
}

/// How wide a column is, and where its texts stand in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Width {
    /// As its longest text, which begins at the left.
    Text,
    /// As its longest figure, which ends at the right.
    Figure,
    /// What the others leave; one column has it.
    Rest,
}

/// A row: as many cells as there are columns.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub cells: Vec<Cell>,
    /// Stands out, as balances do.
    pub strong: bool,
}

/// A cell, with a smaller line below; both may be empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cell {
    pub text: String,
    pub below: String,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self {
            text,
            below: String::new(),
        }
    }
}
