//! What the templates show: the shells around a page and the data of the kit's parts.
//!
//! A page struct embeds a shell ([`AdminShell`], [`PortalShell`] or [`AuthShell`]) as its field
//! `shell`; its layout under `templates/layout` puts together what `chrome` makes of it. The parts of `templates/kit` take the
//! structs below: a [`Kpi`] with its [`Delta`], a [`LineChart`], a [`Pager`] and [`SortHead`]s over
//! a [`ListUrl`], [`Filters`], a [`RangePicker`], [`Step`]s of a timeline, form [`Errors`].
//! `templates/kit/README.md` has an example of each.

mod brand;
mod chart;
mod chrome;
mod field;
mod figure;
mod form;
mod icon;
mod list;
mod markup;
mod page;
mod range_picker;
mod shell;
mod theme;
mod tone;

pub use brand::{BrandLook, LogoLook};
pub use chart::{LineChart, Point, sparkline};
pub use field::{About, Field, Select, Textarea};
pub use figure::{Delta, Kpi, MetricTab, RiseIs, Step, StepState};
pub use form::Errors;
pub use icon::{icon, icon_sized};
pub use list::{Choice, Filters, SelectFilter, SortHead};
pub use markup::Markup;
pub(crate) use markup::escape;
pub use page::{ListUrl, PAGE_SIZE, PAGE_SIZES, Pager, PagerItem, SizeChoice};
pub use range_picker::{Preset, RangePicker};
pub use shell::{
    AdminItem, AdminShell, AppLink, AuthShell, Bell, BellItem, BusinessChoice, Checklist, Counts,
    Flash, Frame, Link, MenuItem, MenuSection, Person, PortalItem, PortalShell, Undo, initials,
};
pub use theme::Theme;
pub use tone::{Tone, status_label, status_tone};

#[cfg(test)]
mod preview;
