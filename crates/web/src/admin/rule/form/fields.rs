//! At which field of the form an error of the service stands.

use service::ServiceError;
use service::error::FieldError;

use crate::error::PageError;
use crate::form::refused;
use crate::ui::Errors;

/// The service's errors at the fields of this form; what it has no field for stands at the reward.
pub(super) fn field_errors(error: ServiceError) -> Result<Errors, PageError> {
    refused(match error {
        ServiceError::Invalid(fields) => ServiceError::Invalid(
            fields
                .into_iter()
                .map(|FieldError { field, message }| FieldError {
                    field: form_field(&field),
                    message,
                })
                .collect(),
        ),
        other => other,
    })
}

/// `reward.tiers.bands[1].percent_ppm` → `band_pays_1`.
pub(super) fn form_field(field: &str) -> String {
    let index = |field: &str| {
        field
            .split_once('[')
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(index, _)| index.to_owned())
            .unwrap_or_default()
    };
    let name = match field {
        "reward.percent_ppm" => "percent",
        "reward.fixed.amount" => "amount",
        "reward.fixed.currency" => "currency",
        "reward.tiers.metric" => "tier_metric",
        "reward.tiers.mode" => "tier_mode",
        "reward.tiers.bands" => "tiers",
        "recurrence.first" | "recurrence.months" => "recurrence_count",
        "caps.per_event" => "cap_event",
        "caps.per_customer" => "cap_customer",
        "caps.per_affiliate_month" => "cap_month",
        known @ ("name" | "hold_days" | "effective_from" | "base" | "recurrence" | "levels") => {
            known
        }
        known if known.starts_with("scope.") || known.starts_with("trigger.") => known,
        bands if bands.starts_with("reward.tiers.bands[") => {
            let column = if bands.ends_with(".from") {
                "from"
            } else {
                "pays"
            };
            return format!("band_{column}_{}", index(bands));
        }
        levels if levels.starts_with("levels[") => {
            return format!("level_percent_{}", index(levels));
        }
        conditions if conditions.starts_with("conditions") => "conditions",
        _ => "reward",
    };
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_stand_at_the_forms_own_fields() {
        for (field, own) in [
            ("reward.percent_ppm", "percent"),
            ("reward.tiers.bands[3].from", "band_from_3"),
            ("reward.tiers.bands[0].fixed.amount", "band_pays_0"),
            ("levels[6].of", "level_percent_6"),
            ("caps.per_event", "cap_event"),
            ("conditions.all[2].value", "conditions"),
            ("scope.group_id", "scope.group_id"),
        ] {
            assert_eq!(form_field(field), own);
        }
    }
}
