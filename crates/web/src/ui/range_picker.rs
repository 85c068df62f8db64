/// A ready-made range as a link: "Last 30 days".
#[derive(Debug, Clone)]
pub struct Preset {
    pub label: String,
    pub href: String,
    pub current: bool,
}

/// The range picker of a dashboard: presets as links, two date fields, a calendar when scripts run.
/// Dates are ISO (`2026-10-22`), both ends included, in the zone named by `note`.
#[derive(Debug, Clone)]
pub struct RangePicker {
    /// What is in force: "Oct 22 – Nov 20, 2026".
    pub label: String,
    /// "compared with Sep 22 – Oct 21 · America/Toronto".
    pub note: String,
    pub presets: Vec<Preset>,
    /// Path the date form goes to, by GET with `from` and `to`.
    pub action: String,
    pub from: String,
    pub to: String,
    /// The last day that may be chosen.
    pub max: String,
    /// Other parameters in force.
    pub hidden: Vec<(String, String)>,
}
