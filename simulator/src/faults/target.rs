//! Which calls a fault is for.

use serde::Deserialize;
use serde_json::Value;

use crate::http::route::CallName;

/// Which calls: those that all of this is true of. In JSON the name alone will do: `"createSnapshot"`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(try_from = "Value")]
pub struct Target {
    /// The call by its name. Default: any.
    pub call: CallName,
    /// In capitals: `POST`. Default: any.
    pub method: Option<String>,
    /// What the path contains, as it was sent. Default: anything.
    pub path: Option<String>,
    /// The machine that the call, or the tracker that it names, is about: its id, its name, or the beginning of its
    /// name with a `*` behind: `web-*`. Default: any, and none.
    pub machine: Option<String>,
}

impl Target {
    /// All calls of this name.
    pub fn call(call: CallName) -> Self {
        Self { call, ..Self::default() }
    }

    pub(crate) fn is(&self, seen: &Seen<'_>) -> bool {
        let is = |wanted: &Option<String>, fits: &dyn Fn(&str) -> bool| match wanted {
            Some(wanted) => fits(wanted),
            None => true,
        };
        (self.call == CallName::Any || self.call == seen.call)
            && is(&self.method, &|method| method == seen.method)
            && is(&self.path, &|path| seen.path.contains(path))
            && is(&self.machine, &|machine| seen.is_about(machine))
    }
}

/// A call, as faults look at it.
pub(crate) struct Seen<'a> {
    pub(crate) call: CallName,
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    pub(crate) machine_id: Option<&'a str>,
    pub(crate) machine_name: Option<&'a str>,
}

impl Seen<'_> {
    fn is_about(&self, machine: &str) -> bool {
        match machine.strip_suffix('*') {
            Some(start) => self.machine_name.is_some_and(|name| name.starts_with(start)),
            None => [self.machine_id, self.machine_name].contains(&Some(machine)),
        }
    }
}

/// The long form. Read by hand, so that an error tells what is wrong and not that no form fits.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Long {
    call: CallName,
    method: Option<String>,
    path: Option<String>,
    machine: Option<String>,
}

impl TryFrom<Value> for Target {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        if value.is_string() {
            return CallName::deserialize(value).map(Self::call);
        }
        let Long { call, method, path, machine } = Long::deserialize(value)?;
        Ok(Self { call, method, path, machine })
    }
}
