//! Faults of machines by the beginning of their names. `README.md` lists them.

use super::Fault;

/// A machine of this name, or whose name begins with it and a `-`, has these faults.
pub(super) struct Preset {
    name: &'static str,
    /// One fault, or an array of them.
    faults: &'static str,
}

/// The preset of a machine: `cut-after-01` is `cut-after`, and not `cut`.
pub(super) fn of(machine: &str) -> Option<&'static Preset> {
    ALL.iter().filter(|preset| preset.is_for(machine)).max_by_key(|preset| preset.name.len())
}

impl Preset {
    fn is_for(&self, machine: &str) -> bool {
        let rest = machine.strip_prefix(self.name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    }

    /// The faults, for this machine.
    pub(super) fn faults(&self, machine: &str) -> Vec<Fault> {
        // The table below is held to by a test: there is nothing in it that cannot be read.
        let mut faults = Fault::list_from_json(self.faults).unwrap_or_default();
        for fault in &mut faults {
            fault.on.machine = Some(machine.to_owned());
        }
        faults
    }
}

const fn preset(name: &'static str, faults: &'static str) -> Preset {
    Preset { name, faults }
}

const ALL: &[Preset] = &[
    // Connections.
    preset("delayed", r#"{"on":"any","times":0,"delayMs":2000}"#),
    preset("refused", r#"{"on":"any","times":3,"connection":"refused"}"#),
    preset("cut-before", r#"{"on":"createSnapshot","connection":"cut"}"#),
    preset("cut-after", r#"{"on":"createSnapshot","effect":"after","connection":"cut"}"#),
    preset("cut-in-body", r#"{"on":"createSnapshot","connection":{"cutInBody":20}}"#),
    preset("arrives-late", r#"{"on":"createSnapshot","effect":{"afterMs":20000}}"#),
    // Statuses.
    preset("expired", r#"{"on":"getTracker","nth":2,"answer":{"status":401}}"#),
    preset(
        "throttled",
        r#"{"on":"createSnapshot","times":2,"answer":{"status":429,"retryAfter":1}}"#,
    ),
    preset(
        "throttled-date",
        r#"{"on":"createSnapshot","answer":{"status":429,"retryAfter":{"inMs":2000,"as":"rfc850"}}}"#,
    ),
    preset(
        "throttled-malformed",
        r#"{"on":"createSnapshot","answer":{"status":429,"retryAfter":"soon"}}"#,
    ),
    preset("throttled-silent", r#"{"on":"createSnapshot","answer":{"status":429}}"#),
    preset(
        "throttled-huge",
        r#"{"on":"createSnapshot","answer":{"status":429,"retryAfter":99999999999}}"#,
    ),
    preset("conflict", r#"{"on":"createSnapshot","answer":{"status":409}}"#),
    preset("error-before", r#"{"on":"createSnapshot","answer":{"status":500}}"#),
    preset("error-after", r#"{"on":"createSnapshot","effect":"after","answer":{"status":502}}"#),
    preset("unavailable", r#"{"on":"createSnapshot","answer":{"status":503,"retryAfter":1}}"#),
    preset(
        "unavailable-after",
        r#"[{"on":"createSnapshot","effect":"after","answer":{"status":503}},{"on":"createSnapshot","nth":2,"answer":{"status":409}}]"#,
    ),
    preset("timed-out", r#"{"on":"createSnapshot","effect":"after","answer":{"status":504}}"#),
    preset(
        "should-retry",
        r#"{"on":"getTracker","times":2,"answer":{"status":400,"details":["SHOULD_RETRY"]}}"#,
    ),
    preset(
        "redirected",
        r#"{"on":"createSnapshot","answer":{"status":307,"headers":{"location":"https://elsewhere.test/"}}}"#,
    ),
    // Bodies.
    preset(
        "html",
        r#"{"on":"createSnapshot","effect":"after","answer":{"status":200,"body":"html"}}"#,
    ),
    preset("html-forbidden", r#"{"on":"createSnapshot","answer":{"status":403,"body":"html"}}"#),
    preset(
        "html-gateway",
        r#"{"on":"getTracker","times":3,"answer":{"status":502,"body":"html"}}"#,
    ),
    preset(
        "no-handler",
        r#"{"on":"createSnapshot","times":2,"answer":{"status":404,"body":"gateway"}}"#,
    ),
    preset("echo", r#"{"on":"createSnapshot","answer":{"status":400,"body":"echo"}}"#),
    preset("cut-json", r#"{"on":"createSnapshot","bodyBytes":20}"#),
    preset("empty-json", r#"{"on":"createSnapshot","bodyBytes":0}"#),
    preset(
        "wrong-json",
        r#"{"on":"createSnapshot","patch":{"id":7,"status":null,"progress":"half"}}"#,
    ),
    preset("huge-json", r#"{"on":"getTracker","bodyBytes":9000000}"#),
    preset("linked-oddly", r#"{"on":"any","times":0,"patch":{"_links":{"exists":true}}}"#),
    // Trackers.
    preset(
        "tracker-late",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"untilMs":2000,"missing":true}]}}"#,
    ),
    preset(
        "tracker-gone",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"fromMs":2000,"missing":true}]}}"#,
    ),
    preset(
        "odd-status",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"untilMs":6000,"patch":{"status":"PAUSED"}}]}}"#,
    ),
    preset(
        "progress-back",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"fromMs":2000,"untilMs":4000,"patch":{"progress":90}},{"fromMs":4000,"untilMs":6000,"patch":{"progress":5}}]}}"#,
    ),
    preset(
        "progress-over",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"fromMs":2000,"patch":{"progress":250}}]}}"#,
    ),
    preset(
        "progress-negative",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"fromMs":2000,"patch":{"progress":-1}}]}}"#,
    ),
    preset("fails", r#"{"on":"createSnapshot","operation":{"fails":{"message":"Out of space"}}}"#),
    preset("fails-silently", r#"{"on":"createSnapshot","operation":{"fails":{}}}"#),
    preset("fails-falsely", r#"{"on":"createSnapshot","operation":{"fails":{"done":true}}}"#),
    preset(
        "no-resources",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"patch":{"resources":null}}]}}"#,
    ),
    preset(
        "foreign-resources",
        r#"{"on":"createSnapshot","operation":{"tracker":[{"patch":{"resources":["https://elsewhere.test/iaas/api/machines/m/snapshots/s"]}}]}}"#,
    ),
    // Snapshots.
    preset("others", r#"{"on":"listSnapshots","foreign":{"operation":"powerOff"}}"#),
    preset("twin", r#"{"on":"createSnapshot","foreign":{"operation":"createSnapshot"}}"#),
    preset("listed-late", r#"{"on":"createSnapshot","operation":{"listedAfterMs":5000}}"#),
    preset("description-dropped", r#"{"on":"createSnapshot","operation":{"keepDescription":0}}"#),
    preset("description-shortened", r#"{"on":"createSnapshot","operation":{"keepDescription":8}}"#),
    preset("name-dropped", r#"{"on":"createSnapshot","operation":{"keepName":0}}"#),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read_and_is_listed() {
        let readme = include_str!("../../README.md");
        for preset in ALL {
            let faults = Fault::list_from_json(preset.faults).expect(preset.name);
            assert!(!faults.is_empty());
            let row = format!("| `{}` | `{}` |", preset.name, preset.faults);
            assert!(readme.contains(&row), "README.md has no row {row}");
        }
    }

    #[test]
    fn a_machine_has_one_preset_by_the_beginning_of_its_name() {
        for (machine, expected) in [
            ("cut-after", Some("cut-after")),
            ("cut-after-01", Some("cut-after")),
            ("cut-afternoon", None),
            ("cut", None),
            ("web-cut-after", None),
            ("unavailable-01", Some("unavailable")),
            ("unavailable-after-01", Some("unavailable-after")),
        ] {
            assert_eq!(of(machine).map(|preset| preset.name), expected, "{machine}");
        }
    }
}
