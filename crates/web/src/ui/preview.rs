//! Renders the layouts and every part of the kit with sample data: what the compiler cannot see
//! (escaping, inline styles, labels) is checked here. With `UI_PREVIEW=folder` the pages are also
//! written there, to be looked at in a browser.

use askama::Template;

use super::*;

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"
{% extends "layout/admin.html" %}
{% import "kit/ui.html" as ui %}
{% import "kit/form.html" as form %}
{% import "kit/list.html" as list %}
{% import "kit/figure.html" as figure %}
{% block actions %}
{{ ui::top_button("Export", "/admin/affiliates.csv", icon = "download") }}
{{ ui::top_button("Invite", "/admin/affiliates/new", look = "primary", icon = "user-plus") }}
{% endblock %}
{% block content %}
{{ figure::range_picker(range) }}
<div id="figures" data-live class="grid grid-cols-2 gap-3 lg:gap-4 xl:grid-cols-4">
{% for card in cards %}{{ figure::kpi(card) }}{% endfor %}
</div>
{{ figure::chart_card("performance", "Performance over time", tabs, chart, true) }}
<bulk-selection>
<section id="list" class="panel" data-live>
{{ list::filters("Top affiliates", filters) }}
{% call list::bulk_bar("/admin/affiliates/bulk", shell.frame.csrf, 248, "status=pending") %}
{{ ui::button("Approve", icon = "check", name = "act", value = "approve", form = "bulk") }}
{{ ui::button("Reject", look = "danger", icon = "x", name = "act", value = "reject", form = "bulk") }}
{% endcall %}
<table class="data-table max-md:hidden">
<thead><tr><td class="w-8">{{ list::all_box() }}</td>{% for head in heads %}{{ list::sort_head(head) }}{% endfor %}<th scope="col">Status</th><td></td></tr></thead>
<tbody>
{% for (name, mail, clicks, revenue, status) in rows %}
<tr><td>{{ list::row_box(mail, name) }}</td><th scope="row">{{ ui::person(name, mail, "/admin/affiliates/x") }}</th><td class="end">{{ clicks }}</td><td class="end">{{ ui::money(revenue, class = "font-medium") }}</td><td>{{ ui::status(status) }}</td>
<td class="w-8">{% call ui::more("Actions") %}<a class="drop-item" href="/admin/affiliates/x">Open</a>{% endcall %}</td></tr>
{% endfor %}
</tbody>
</table>
<ul class="row-list md:hidden">
{% for (name, _mail, clicks, revenue, status) in rows %}
{% call list::row_card("/admin/affiliates/x", name, clicks, revenue, avatar = true) %}{{ ui::status(status) }}{% endcall %}
{% endfor %}
</ul>
{{ list::pager(pager) }}
</section>
</bulk-selection>
<div class="grid gap-4 lg:grid-cols-2">
{% call ui::panel("Commission", note = "COM-1042") %}
{{ figure::timeline("Life of the commission", steps) }}
<dl class="mt-4 grid gap-3">{% call ui::fact("Affiliate") %}Maya Okonkwo{% endcall %}{% call ui::fact("Reversed") %}{{ ui::money("-$356.40") }}{% endcall %}{% call ui::fact("Created") %}{{ ui::when("2026-11-20T14:00:00Z", "Nov 20, 2026, 9:00") }}{% endcall %}</dl>
<div class="mt-4 flex gap-2">{{ ui::opener("pay", "Mark paid", look = "primary", icon = "banknote") }}{{ ui::post_button("Hold", "/x", shell.frame.csrf, icon = "pause") }}</div>
{% call ui::confirm("pay", "Pay $9,204.00 to 12 affiliates?", "/x", shell.frame.csrf, "Mark paid") %}<p>12 payouts change to Paid.</p>{% endcall %}
{% endcall %}
{% call ui::panel("New campaign") %}
<form method="post" class="space-y-4">
{{ form::summary(errors) }}
{{ form::csrf(shell.frame.csrf) }}
{{ form::field("Name", "name", "Agency <Pro>", error = errors.of("name")) }}
{{ form::field("Cookie lifetime", "cookie_days", "", error = errors.of("cookie_days"), hint = "1 to 365 days.", inputmode = "numeric", suffix = "days") }}
{{ form::select("Group", "group", groups, hint = "Who is in it by default.") }}
{{ form::textarea("Guidelines", "guidelines", "", required = false) }}
{{ form::checkbox("Active", "active", true, hint = "Links of an inactive campaign answer 410.") }}
{{ form::actions("Save", cancel_href = "/admin/campaigns") }}
</form>
{% endcall %}
{% call ui::panel("Notes") %}
<div class="space-y-4">
{{ ui::copy_field("Link", "https://go.example.com/r/maya") }}
{{ ui::secret_once("API key", "sk_sample") }}
{% for tone in ["info", "success", "warning", "error"] %}
{% call ui::callout("No minimum payout is set", tone = tone) %}Small payouts cost more than they bring.{% endcall %}
{% endfor %}
{{ ui::progress("Import", 40, 120) }}
<nav class="flex gap-5 overflow-x-auto border-b border-base-300" aria-label="Record">{{ ui::tab("Overview", "/a", true) }}{{ ui::tab("Commissions", "/b", false, count = "12") }}</nav>
<p class="flex flex-wrap gap-2">{{ ui::badge("Active", tone = Tone::Success) }}{{ ui::badge("Approved", tone = "info") }}{{ ui::badge("Ended") }}{{ ui::status("on_hold") }}{{ ui::status("reversed") }}</p>
</div>
{% endcall %}
<section class="panel">{{ ui::empty("users", "No affiliates yet", "People who send you customers appear here, with what they earned.", button_label = "Add an affiliate", href = "/admin/affiliates/new") }}
{{ ui::no_matches("/admin/affiliates") }}</section>
</div>
{% endblock %}
"##
)]
struct AdminPreview {
    shell: AdminShell,
    range: RangePicker,
    cards: Vec<Kpi>,
    tabs: Vec<MetricTab>,
    chart: Markup,
    filters: Filters,
    heads: Vec<SortHead>,
    rows: Vec<(
        &'static str,
        &'static str,
        &'static str,
        &'static str,
        &'static str,
    )>,
    pager: Pager,
    steps: Vec<Step>,
    errors: Errors,
    groups: Vec<Choice>,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"
{% extends "layout/portal.html" %}
{% import "kit/ui.html" as ui %}
{% import "kit/figure.html" as figure %}
{% block content %}
<h1 class="text-xl font-semibold tracking-tight">{{ shell.frame.title }}</h1>
<div id="figures" data-live class="grid grid-cols-2 gap-3 lg:grid-cols-4">
{% for card in cards %}{{ figure::kpi(card) }}{% endfor %}
</div>
{{ figure::chart_panel("earnings", "Earnings", change, chart, true) }}
<p>{{ ui::status("approved") }} {{ ui::status("paid") }} {{ ui::status("pending") }} {{ ui::status("reversed") }}</p>
{% endblock %}
"##
)]
struct PortalPreview {
    shell: PortalShell,
    cards: Vec<Kpi>,
    change: Option<Delta>,
    chart: Markup,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"
{% extends "layout/auth.html" %}
{% import "kit/form.html" as form %}
{% block intro %}Use the account of your business.{% endblock %}
{% block content %}<form method="post" class="space-y-4">{{ form::field("E-mail", "email", "", kind = "email", autocomplete = "username", error = "No account fits these.") }}{{ form::field("Password", "password", "", kind = "password", autocomplete = "current-password") }}<button class="btn btn-primary w-full">Log in</button></form>{% endblock %}
{% block below %}<a class="text-link" href="/forgot">Forgot password</a>{% endblock %}
"##
)]
struct AuthPreview {
    shell: AuthShell,
}

fn frame(title: &str, theme: Theme) -> Frame {
    Frame {
        title: title.to_owned(),
        path: "/admin/affiliates".to_owned(),
        theme,
        csrf: "token".to_owned(),
        demo: false,
        flash: Some(Flash {
            tone: Tone::Success,
            text: "2 commissions approved".to_owned(),
            undo: Some(Undo {
                action: "/undo".to_owned(),
                fields: vec![],
            }),
        }),
        ..Frame::default()
    }
}

fn points(shift: i64) -> Vec<Point> {
    (0..30)
        .map(|day: i64| Point {
            label: format!("Nov {}", day + 1),
            value: 400_000 + ((day * 7 + shift) % 11) * 30_000 + ((day * 3 + shift) % 7) * 20_000,
        })
        .collect()
}

fn chart() -> Markup {
    LineChart {
        id: "revenue",
        metric: "Revenue",
        title: "Revenue per day, Nov 1 to Nov 30",
        description: "Total $158,362, up 19.9% on the previous 30 days.",
        points: &points(0),
        previous: &points(4),
        value_text: &|minor| format!("${}.{:02}", minor / 100, minor % 100),
        axis_text: &|minor| format!("${}k", minor / 100_000),
    }
    .draw()
}

fn cards() -> Vec<Kpi> {
    let values: Vec<i64> = points(0).iter().map(|point| point.value).collect();
    [
        ("Affiliate revenue", "$158,362", RiseIs::Good),
        ("Commissions owed", "$31,672", RiseIs::Neutral),
        ("Active affiliates", "248", RiseIs::Good),
        ("Refund rate", "2.4%", RiseIs::Bad),
    ]
    .into_iter()
    .map(|(label, value, rise)| Kpi {
        label: label.to_owned(),
        value: value.to_owned(),
        delta: Delta::between(1199, 1000, rise),
        sub: "vs previous 30 days".to_owned(),
        href: "/admin/commissions".to_owned(),
        spark: sparkline(&values),
    })
    .collect()
}

fn admin(theme: Theme) -> String {
    let url = ListUrl::from_query("/admin/affiliates", "sort=-revenue&status=pending");
    let tab = |label: &str, value: &str, current| MetricTab {
        label: label.to_owned(),
        value: value.to_owned(),
        delta: Delta::between(1214, 1000, RiseIs::Good),
        href: url.with("metric", label).to_string(),
        current,
    };
    let step = |title: &str, at: &str, detail: &str, tone, state| Step {
        title: title.to_owned(),
        at: at.to_owned(),
        detail: detail.to_owned(),
        tone,
        state,
    };
    let mut errors = Errors::new();
    errors.add("cookie_days", "Enter a number from 1 to 365.");
    let page = AdminPreview {
        shell: AdminShell {
            frame: frame("Affiliates", theme),
            role: domain::status::Role::Owner,
            active: AdminItem::Affiliates,
            business: "Northwind Growth".to_owned(),
            business_detail: "Program · USD".to_owned(),
            businesses: vec![],
            staff: Person {
                name: "Olive Brand".to_owned(),
                detail: "olive@northwind.example".to_owned(),
            },
            counts: Counts {
                affiliates: 248,
                referrals_pending: 3,
                ..Counts::default()
            },
            bell: Bell::default(),
            checklist: Some(Checklist {
                done: 4,
                total: 6,
                next_label: "Record a test referral".to_owned(),
                next_href: "/admin/setup".to_owned(),
            }),
            live: Some("Live · 37 clicks in the last 5 min".to_owned()),
        },
        range: RangePicker {
            label: "Oct 22 – Nov 20, 2026".to_owned(),
            note: "compared with Sep 22 – Oct 21 · America/Toronto".to_owned(),
            presets: [
                "Today",
                "Last 7 days",
                "Last 30 days",
                "Month to date",
                "Last month",
                "All time",
            ]
            .map(|label| Preset {
                label: label.to_owned(),
                href: "/admin".to_owned(),
                current: label == "Last 30 days",
            })
            .into(),
            action: "/admin".to_owned(),
            from: "2026-10-22".to_owned(),
            to: "2026-11-20".to_owned(),
            max: "2026-11-20".to_owned(),
            hidden: vec![],
        },
        cards: cards(),
        tabs: vec![
            tab("Clicks", "51,758", false),
            tab("Conversions", "1,610", false),
            tab("Revenue", "$158,362", true),
        ],
        chart: chart(),
        filters: Filters::new(
            &url,
            "Search name or email",
            vec![SelectFilter::new(
                &url,
                "status",
                "Status",
                "Any status",
                [("pending", "Pending")],
            )],
        ),
        heads: vec![
            SortHead::new(&url, "name", "Affiliate", false, "name"),
            SortHead::new(&url, "clicks", "Clicks", true, "name"),
            SortHead::new(&url, "revenue", "Revenue", true, "name"),
        ],
        rows: vec![
            (
                "Maya Okonkwo",
                "maya@growthletters.example",
                "8,412",
                "$28,911.40",
                "active",
            ),
            (
                "Lindqvist Media AB",
                "partners@lindqvist.example",
                "6,920",
                "$24,310.00",
                "pending",
            ),
            (
                "Coupon <Harbor>",
                "ops@couponharbor.example",
                "9,320",
                "-$420.96",
                "suspended",
            ),
            (
                "Jonas Weidmann",
                "jonas@weidmann.example",
                "2,377",
                "$6,433.75",
                "terminated",
            ),
        ],
        pager: Pager::new(&url, 1, 25, 248, "affiliate", "affiliates"),
        steps: vec![
            step(
                "Pending",
                "Nov 19",
                "clears Dec 19",
                Tone::Warning,
                StepState::Done,
            ),
            step(
                "Approved",
                "Dec 19",
                "payout Dec 31",
                Tone::Info,
                StepState::Current,
            ),
            step("Paid", "", "", Tone::Success, StepState::Upcoming),
        ],
        errors,
        groups: Choice::list([("s", "Standard 20 %"), ("v", "VIP 30 %")], "v"),
    };
    page.render().unwrap()
}

fn portal(theme: Theme) -> String {
    PortalPreview {
        shell: PortalShell {
            frame: frame("Good afternoon, Maya", theme),
            active: PortalItem::Dashboard,
            base: "/portal/fernhill".to_owned(),
            business: "Fernhill Studio".to_owned(),
            app: "Affiliate".to_owned(),
            person: Person {
                name: "Maya Okonkwo".to_owned(),
                detail: "Growth Letters".to_owned(),
            },
            live: true,
            ..PortalShell::default()
        },
        cards: cards(),
        change: Delta::between(80, 100, RiseIs::Good),
        chart: chart(),
    }
    .render()
    .unwrap()
}

fn auth(theme: Theme) -> String {
    let shell = AuthShell {
        frame: frame("Log in", theme),
        portal: true,
        business: "Fernhill Studio".to_owned(),
        ..AuthShell::default()
    };
    AuthPreview { shell }.render().unwrap()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "a switch of this test alone, not configuration"
)]
fn pages_keep_the_content_security_policy_and_escape_what_people_wrote() {
    for theme in [Theme::System, Theme::Light, Theme::Dark] {
        for (name, html) in [
            ("admin", admin(theme)),
            ("portal", portal(theme)),
            ("auth", auth(theme)),
        ] {
            assert!(
                !html.contains(" style=") && !html.contains(" onclick="),
                "{name}: inline style or handler"
            );
            assert!(
                !html.contains("<script>") && !html.contains("<style"),
                "{name}: inline script or style"
            );
            assert!(
                !html.contains("hx-on") && !html.contains("js:"),
                "{name}: scripting in attributes"
            );
            assert!(
                html.contains(&format!("data-mode=\"{theme}\"")),
                "{name}: the theme comes from the server"
            );
            if let Some(folder) = std::env::var_os("UI_PREVIEW") {
                let file = std::path::Path::new(&folder).join(format!("{name}-{theme}.html"));
                std::fs::write(file, html).unwrap();
            }
        }
    }
    let html = admin(Theme::Light);
    assert!(!html.contains("<Harbor>") && !html.contains("<Pro>"));
    assert!(
        html.contains("−$420.96"),
        "amounts below zero have a true minus"
    );
}
