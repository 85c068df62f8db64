use super::*;
use crate::language::Language;
use uuid::Uuid;

fn rule(json: &str) -> Rule {
    serde_json::from_str(json).unwrap()
}

/// A valid rule with one part of its JSON replaced.
fn with(part: &str, value: &str) -> Result<Rule, serde_json::Error> {
    let mut json: serde_json::Value = serde_json::json!({
        "id": RuleId::from(Uuid::from_u128(1)).to_string(), "version": 1, "scope": {}, "trigger": {"on": "sale"},
        "reward": {"percent_ppm": 200_000}, "base": "net", "recurrence": {"every": true}, "caps": {}, "levels": [],
        "hold_days": 30, "auto_approve": false, "effective_from": "2026-01-01T00:00:00.000Z", "created_at": "2026-01-01T00:00:00.000Z",
    });
    json[part] = serde_json::from_str(value).unwrap();
    serde_json::from_value(json)
}

fn usd() -> Currency {
    "USD".parse().unwrap()
}

#[test]
fn the_json_shape_of_the_contract() {
    for (part, value) in [
        ("reward", r#"{"percent_ppm":200000}"#),
        ("reward", r#"{"fixed":{"amount":500,"currency":"EUR"}}"#),
        (
            "reward",
            r#"{"tiers":{"metric":"revenue","period":"month","mode":"graduated","bands":[{"from":0,"percent_ppm":100000},{"from":100000,"percent_ppm":200000}]}}"#,
        ),
        (
            "reward",
            r#"{"tiers":{"metric":"conversions","period":"lifetime","mode":"volume","bands":[{"from":0,"fixed":{"amount":500,"currency":"USD"}}]}}"#,
        ),
        ("recurrence", r#"{"every":true}"#),
        ("recurrence", r#"{"first":3}"#),
        ("recurrence", r#"{"months":12}"#),
        ("caps", r#"{"per_event":100,"per_affiliate_month":5000}"#),
        (
            "levels",
            r#"[{"ppm":50000,"of":"base"},{"ppm":100000,"of":"below"}]"#,
        ),
        ("trigger", r#"{"on":"lead","event":"registration"}"#),
        (
            "conditions",
            r#"{"any":[{"field":"amount","op":"gte","value":100}]}"#,
        ),
    ] {
        let rule = with(part, value).unwrap();
        let again = serde_json::to_value(&rule).unwrap();
        assert_eq!(
            again[part],
            serde_json::from_str::<serde_json::Value>(value).unwrap(),
            "{part}"
        );
        assert_eq!(self::rule(&again.to_string()), rule);
    }
}

#[test]
fn unknown_shapes_are_refused() {
    for (part, value) in [
        ("reward", r#"{"percent":20}"#),
        ("reward", r#"{"percent_ppm":0.2}"#),
        (
            "reward",
            r#"{"percent_ppm":1,"fixed":{"amount":1,"currency":"USD"}}"#,
        ),
        ("reward", r#"{"fixed":{"amount":500,"currency":"XXX"}}"#),
        (
            "reward",
            r#"{"tiers":{"metric":"revenue","period":"month","mode":"volume","bands":[{"from":0}]}}"#,
        ),
        ("recurrence", r#"{"every":false}"#),
        ("recurrence", r#"{"years":1}"#),
        ("caps", r#"{"per_day":1}"#),
        ("scope", r#"{"country":"DE"}"#),
        ("more", "1"),
    ] {
        assert!(with(part, value).is_err(), "{part} {value}");
    }
}

#[test]
fn validation_names_the_field() {
    let tiers = |mode: &str, metric: &str, bands: &str| {
        format!(
            r#"{{"tiers":{{"metric":"{metric}","period":"month","mode":"{mode}","bands":{bands}}}}}"#
        )
    };
    let usd = r#"{"amount":1,"currency":"USD"}"#;
    let table = [
        (
            "reward",
            r#"{"percent_ppm":0}"#.to_owned(),
            "reward.percent_ppm",
        ),
        (
            "reward",
            r#"{"percent_ppm":1000001}"#.to_owned(),
            "reward.percent_ppm",
        ),
        (
            "trigger",
            r#"{"on":"lead"}"#.to_owned(),
            "reward.percent_ppm",
        ),
        (
            "trigger",
            r#"{"on":"sale","event":" "}"#.to_owned(),
            "trigger.event",
        ),
        (
            "reward",
            r#"{"fixed":{"amount":0,"currency":"USD"}}"#.to_owned(),
            "reward.fixed.amount",
        ),
        (
            "reward",
            tiers("volume", "revenue", "[]"),
            "reward.tiers.bands",
        ),
        (
            "reward",
            tiers("volume", "revenue", r#"[{"from":1,"percent_ppm":1}]"#),
            "reward.tiers.bands[0].from",
        ),
        (
            "reward",
            tiers(
                "volume",
                "revenue",
                r#"[{"from":0,"percent_ppm":1},{"from":0,"percent_ppm":1}]"#,
            ),
            "reward.tiers.bands[1].from",
        ),
        (
            "reward",
            tiers(
                "volume",
                "revenue",
                &format!(r#"[{{"from":0,"percent_ppm":1}},{{"from":5,"fixed":{usd}}}]"#),
            ),
            "reward.tiers.bands",
        ),
        (
            "reward",
            tiers(
                "graduated",
                "revenue",
                &format!(r#"[{{"from":0,"fixed":{usd}}}]"#),
            ),
            "reward.tiers.bands[0].fixed",
        ),
        (
            "reward",
            tiers(
                "graduated",
                "conversions",
                r#"[{"from":0,"percent_ppm":1}]"#,
            ),
            "reward.tiers.mode",
        ),
        (
            "recurrence",
            r#"{"first":0}"#.to_owned(),
            "recurrence.first",
        ),
        (
            "recurrence",
            r#"{"months":-1}"#.to_owned(),
            "recurrence.months",
        ),
        (
            "caps",
            r#"{"per_customer":0}"#.to_owned(),
            "caps.per_customer",
        ),
        (
            "levels",
            format!("[{}]", [r#"{"ppm":1,"of":"base"}"#; 8].join(",")),
            "levels",
        ),
        (
            "levels",
            r#"[{"ppm":1,"of":"base"},{"ppm":-1,"of":"below"}]"#.to_owned(),
            "levels[1].ppm",
        ),
        ("hold_days", "366".to_owned(), "hold_days"),
        ("hold_days", "-1".to_owned(), "hold_days"),
        (
            "conditions",
            r#"{"all":[{"field":"amount","op":"gt","value":"many"}]}"#.to_owned(),
            "conditions.all[0].value",
        ),
        (
            "conditions",
            r#"{"field":"product","op":"in","value":"a"}"#.to_owned(),
            "conditions.value",
        ),
        ("conditions", r#"{"any":[]}"#.to_owned(), "conditions.any"),
    ];
    for (part, value, field) in table {
        let problems = with(part, &value).unwrap().validate();
        assert_eq!(
            problems
                .iter()
                .map(|(field, _)| field.as_str())
                .collect::<Vec<_>>(),
            [field],
            "{part} {value}"
        );
    }
    assert_eq!(with("version", "1").unwrap().validate(), []);
    assert_eq!(with("hold_days", "365").unwrap().validate(), []);
}

#[test]
fn nesting_has_an_end() {
    let deep = (0..5).fold(
        r#"{"field":"amount","op":"gt","value":1}"#.to_owned(),
        |inner, _| format!(r#"{{"all":[{inner}]}}"#),
    );
    assert_eq!(
        with("conditions", &deep).unwrap().validate()[0].0,
        "conditions"
    );
}

#[test]
fn sentences() {
    for (part, value, sentence) in [
        ("version", "1", "20 % of net, every sale; held 30 days"),
        ("hold_days", "0", "20 % of net, every sale"),
        (
            "auto_approve",
            "true",
            "20 % of net, every sale; held 30 days; approved by itself",
        ),
        (
            "base",
            "\"gross\"",
            "20 % of gross, every sale; held 30 days",
        ),
        (
            "reward",
            r#"{"percent_ppm":29000}"#,
            "2.9 % of net, every sale; held 30 days",
        ),
        (
            "recurrence",
            r#"{"first":1}"#,
            "20 % of net, the first sale of a customer; held 30 days",
        ),
        (
            "recurrence",
            r#"{"months":12}"#,
            "20 % of net, every sale for 12 months; held 30 days",
        ),
        (
            "caps",
            r#"{"per_event":5000}"#,
            "20 % of net, every sale, at most $50.00 an event; held 30 days",
        ),
        (
            "levels",
            r#"[{"ppm":50000,"of":"base"},{"ppm":20000,"of":"below"}]"#,
            "20 % of net, every sale; 5 % of the base to the parent, 2 % of that to level 2; held 30 days",
        ),
        (
            "conditions",
            r#"{"all":[{"field":"customer_country","op":"in","value":["DE","AT"]},{"field":"amount","op":"gte","value":100}]}"#,
            "20 % of net, every sale, when customer country is one of DE, AT and amount ≥ $1.00; held 30 days",
        ),
        (
            "reward",
            r#"{"tiers":{"metric":"revenue","period":"month","mode":"graduated","bands":[{"from":0,"percent_ppm":100000},{"from":100000,"percent_ppm":200000}]}}"#,
            "10 % of net, every sale, to 20 % from $1,000.00 of revenue a month, each part at its own rate; held 30 days",
        ),
        (
            "reward",
            r#"{"tiers":{"metric":"conversions","period":"month","mode":"volume","bands":[{"from":0,"percent_ppm":200000},{"from":5,"percent_ppm":250000},{"from":10,"percent_ppm":300000}]}}"#,
            "20 % of net, every sale, to 25 % from the 6th, 30 % from the 11th conversion a month; held 30 days",
        ),
        (
            "levels",
            r#"[{"ppm":50000,"of":"below"}]"#,
            "20 % of net, every sale; 5 % of it to the parent; held 30 days",
        ),
    ] {
        assert_eq!(describe(&with(part, value).unwrap(), usd()), sentence);
    }
    let mut lead = with("reward", r#"{"fixed":{"amount":1000,"currency":"EUR"}}"#).unwrap();
    lead.trigger = Trigger {
        on: TriggerOn::Lead,
        event: Some("registration".into()),
    };
    assert_eq!(
        describe(&lead, usd()),
        "€10.00, every lead “registration”; held 30 days"
    );
    assert_eq!(
        (
            percent_text(1),
            percent_text(1_000_000),
            percent_text(125_000)
        ),
        ("0.0001 %".into(), "100 %".into(), "12.5 %".into())
    );
}

#[test]
fn sentences_in_german() {
    let german = |part, value| describe_in(&with(part, value).unwrap(), usd(), Language::German);
    for (part, value, sentence) in [
        (
            "auto_approve",
            "true",
            "20 % vom Nettobetrag, jeder Verkauf, 30 Tage Haltefrist, von selbst freigegeben",
        ),
        (
            "reward",
            r#"{"percent_ppm":29000}"#,
            "2,9 % vom Nettobetrag, jeder Verkauf, 30 Tage Haltefrist",
        ),
        (
            "recurrence",
            r#"{"months":12}"#,
            "20 % vom Nettobetrag, Verkäufe in den ersten 12 Monaten eines Kunden, 30 Tage Haltefrist",
        ),
        (
            "caps",
            r#"{"per_event":500000}"#,
            "20 % vom Nettobetrag, jeder Verkauf, höchstens 5.000,00\u{a0}$ je Ereignis, 30 Tage Haltefrist",
        ),
        (
            "conditions",
            r#"{"all":[{"field":"customer_country","op":"in","value":["DE","AT"]},{"field":"amount","op":"gte","value":100}]}"#,
            "20 % vom Nettobetrag, jeder Verkauf, wenn Land des Kunden ist eines von DE, AT und Betrag ≥ 100, 30 Tage Haltefrist",
        ),
        (
            "reward",
            r#"{"tiers":{"metric":"revenue","period":"month","mode":"graduated","bands":[{"from":0,"percent_ppm":100000},{"from":100000,"percent_ppm":200000}]}}"#,
            "10 % vom Nettobetrag ab 0,00\u{a0}$ · 20 % vom Nettobetrag ab 1.000,00\u{a0}$ Umsatz im Monat, jeder Teil zu seinem Satz, jeder Verkauf, 30 Tage Haltefrist",
        ),
    ] {
        assert_eq!(german(part, value), sentence);
    }
}

#[test]
fn an_event_uses_the_version_in_force_at_its_own_time() {
    let version = |id: u128, version: i64, effective_from: i64| {
        let mut rule = with("version", &version.to_string()).unwrap();
        (rule.id, rule.effective_from) = (Uuid::from_u128(id).into(), UnixMs(effective_from));
        rule
    };
    let versions = [
        version(1, 1, 0),
        version(1, 2, 100),
        version(1, 3, 100),
        version(2, 1, 50),
    ];
    let at = |ms| {
        in_force(&versions, UnixMs(ms))
            .iter()
            .map(|rule| (rule.id.uuid().as_u128(), rule.version))
            .collect::<Vec<_>>()
    };
    assert_eq!(at(-1), []);
    assert_eq!(at(0), [(1, 1)]);
    assert_eq!(at(99), [(1, 1), (2, 1)]);
    assert_eq!(
        at(100),
        [(1, 3), (2, 1)],
        "of two versions of one moment the later one"
    );
}

#[test]
fn ranks_go_from_affiliate_to_business() {
    let scope = |bits: u8| Scope {
        affiliate_id: (bits & 8 != 0).then(|| Uuid::nil().into()),
        product_id: (bits & 4 != 0).then(|| "p".into()),
        campaign_id: (bits & 2 != 0).then(|| Uuid::nil().into()),
        group_id: (bits & 1 != 0).then(|| Uuid::nil().into()),
    };
    assert!((0..15).all(|bits| scope(bits).rank() < scope(bits + 1).rank()));
}

#[test]
fn an_affiliate_is_offered_what_is_closest() {
    let (affiliate, group, campaign) = (
        AffiliateId::from(Uuid::from_u128(1)),
        GroupId::from(Uuid::from_u128(2)),
        CampaignId::from(Uuid::from_u128(3)),
    );
    let made = |id: u128, scope: Scope| Rule {
        id: RuleId::from(Uuid::from_u128(id)),
        scope,
        ..with("hold_days", "0").unwrap()
    };
    let of_group = |group| Scope {
        group_id: Some(group),
        ..Scope::default()
    };
    let of_product = Scope {
        product_id: Some("p1".to_owned()),
        ..of_group(group)
    };
    let lead = Rule {
        trigger: Trigger {
            on: TriggerOn::Lead,
            event: None,
        },
        ..made(5, Scope::default())
    };
    let rules = [
        made(1, Scope::default()),
        made(2, of_group(group)),
        made(3, of_group(GroupId::from(Uuid::from_u128(9)))),
        made(4, of_product),
        lead,
    ];
    let ids = |group| {
        offered(&rules, affiliate, group, campaign)
            .iter()
            .map(|rule| rule.id)
            .collect::<Vec<_>>()
    };
    let id = |number: u128| RuleId::from(Uuid::from_u128(number));
    // The product's own rule beside the group's, the leads' after the sales'.
    assert_eq!(ids(Some(group)), [id(4), id(2), id(5)]);
    assert_eq!(ids(None), [id(1), id(5)]);
}

#[test]
fn versions_differ_by_parts() {
    let before = with("hold_days", "30").unwrap();
    let mut after = with("hold_days", "14").unwrap();
    assert_eq!(differences(&before, &before, usd()), []);
    after.reward = serde_json::from_str(r#"{"tiers":{"metric":"conversions","period":"month","mode":"volume","bands":[{"from":0,"percent_ppm":200000},{"from":10,"percent_ppm":300000}]}}"#).unwrap();
    after.recurrence = Recurrence::First(1);
    after.caps.per_event = Some(5000);
    after.levels = serde_json::from_str(r#"[{"ppm":50000,"of":"below"}]"#).unwrap();
    after.auto_approve = true;
    let found: Vec<(&str, String, String)> = differences(&before, &after, usd())
        .into_iter()
        .map(|d| (d.part, d.before, d.after))
        .collect();
    let expected = [
        (
            "Trigger and recurrence",
            "every sale",
            "the first sale of a customer",
        ),
        (
            "Reward",
            "20 % of net",
            "20 % of net, to 30 % from the 11th conversion a month",
        ),
        ("Caps", "none", "$50.00 an event"),
        ("Levels", "none", "5 % of it to the parent"),
        ("Hold", "30 days", "14 days"),
        ("Approval", "by hand", "by itself"),
    ];
    assert_eq!(
        found,
        expected.map(|(part, before, after)| (part, before.to_owned(), after.to_owned()))
    );
}

fn click(part: &str, value: &str) -> Rule {
    let mut rule = with("trigger", r#"{"on":"click"}"#).unwrap();
    rule.reward = serde_json::from_str(r#"{"fixed":{"amount":5,"currency":"USD"}}"#).unwrap();
    let mut json = serde_json::to_value(&rule).unwrap();
    json[part] = serde_json::from_str(value).unwrap();
    serde_json::from_value(json).unwrap()
}

#[test]
fn a_rule_for_clicks_asks_for_what_a_click_has() {
    for (part, value, field) in [
        ("hold_days", "14", None),
        ("caps", r#"{"per_affiliate_month":5000}"#, None),
        ("levels", r#"[{"ppm":100000,"of":"below"}]"#, None),
        (
            "conditions",
            r#"{"all":[{"field":"affiliate_country","op":"is","value":"DE"},{"any":[{"field":"affiliate_tag","op":"is","value":"vip"},{"field":"affiliate_conversions","op":"gte","value":10},{"field":"affiliate_revenue","op":"gte","value":10}]}]}"#,
            None,
        ),
        (
            "conditions",
            r#"{"all":[{"any":[{"field":"affiliate_tag","op":"is","value":"vip"},{"field":"sub_id","op":"is","value":"x"}]}]}"#,
            Some("conditions.all[0].any[1].field"),
        ),
        (
            "conditions",
            r#"{"field":"customer_country","op":"is","value":"DE"}"#,
            Some("conditions.field"),
        ),
        (
            "trigger",
            r#"{"on":"click","event":"x"}"#,
            Some("trigger.event"),
        ),
        ("scope", r#"{"product_id":"pro"}"#, Some("scope.product_id")),
        (
            "reward",
            r#"{"percent_ppm":1000}"#,
            Some("reward.percent_ppm"),
        ),
        (
            "reward",
            r#"{"tiers":{"metric":"conversions","period":"month","mode":"volume","bands":[{"from":0,"fixed":{"amount":5,"currency":"USD"}}]}}"#,
            Some("reward"),
        ),
        ("recurrence", r#"{"first":1}"#, Some("recurrence")),
        ("recurrence", r#"{"months":12}"#, Some("recurrence")),
        ("caps", r#"{"per_event":100}"#, Some("caps.per_event")),
        ("caps", r#"{"per_customer":100}"#, Some("caps.per_customer")),
        (
            "levels",
            r#"[{"ppm":100000,"of":"base"}]"#,
            Some("levels[0].of"),
        ),
    ] {
        let fields: Vec<String> = click(part, value)
            .validate()
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        let expected: Vec<String> = field.into_iter().map(str::to_owned).collect();
        assert_eq!(fields, expected, "{part} {value}");
    }
}

#[test]
fn a_rule_for_clicks_as_a_sentence() {
    let rule = click("caps", r#"{"per_affiliate_month":5000}"#);
    assert_eq!(
        describe(&rule, usd()),
        "$0.05, every visitor\u{2019}s first click on a link a day, at most $50.00 an affiliate and month; held 30 days"
    );
    let german = describe_in(&rule, usd(), Language::German);
    assert!(
        german.contains("jeder erste Klick eines Besuchers auf einen Link am Tag"),
        "{german}"
    );
}
