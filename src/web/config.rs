//! The options of a client, and those of its methods.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Url};

use super::Shell;
use super::attempt::Attempts;
use super::clock::Scheduler;
use super::events::Events;
use super::fields::{Fields, kind_of};
use super::session::{Session, Source, readable};
use super::value::get;
use super::wait::Limits;
use crate::{
    BaseUrl, Claims, IdempotencyKey, InvalidInput, Keep, MachineQuery, Ms, Policy, Polling, Retry,
    SnapshotSpecification,
};

type Read<T> = Result<T, InvalidInput>;

const CLIENT: [&str; 12] = [
    "baseUrl",
    "auth",
    "apiVersion",
    "fetch",
    "retry",
    "polling",
    "reconcile",
    "requestTimeoutMs",
    "maxBodyBytes",
    "body",
    "allowInsecure",
    "onEvent",
];

pub(super) fn client(options: &JsValue) -> Read<Shell> {
    if options.is_undefined() {
        return Err(InvalidInput("options must be given: { baseUrl, auth }".into()));
    }
    let fields = Fields::new(options, "options", &CLIENT)?;
    let session = Session::new(source(&fields)?);
    let (base, cross_origin) = base_url(&fields)?;
    let mut policy = Policy::new(base);
    policy.retry = retry(&fields)?;
    policy.polling = polling(&fields)?;
    (policy.settle, policy.look) = reconcile(&fields, &policy)?;
    policy.renewable = session.is_renewable();
    if let Some(version) = fields.string("apiVersion")? {
        policy.api_version = api_version(&fields, version)?;
    }
    policy.conformant = match fields.string("body")?.as_deref() {
        None | Some("conformant") => true,
        Some("minimal") => false,
        Some(_) => {
            return fields.refuse("body", "\"conformant\" or \"minimal\"", &JsValue::from("?"));
        }
    };
    let bytes = "a whole number of bytes from 1 to 2147483647";
    Ok(Shell {
        policy: Rc::new(policy),
        claims: Claims::default(),
        session,
        events: Events(fields.function("onEvent")?),
        gate: RefCell::default(),
        scheduler: Scheduler::default(),
        attempts: Attempts::default(),
        done: OnceCell::new(),
        fetch: fields.function("fetch")?,
        cross_origin,
        answered: Cell::default(),
        request_timeout_ms: fields.ms("requestTimeoutMs")?.unwrap_or(30_000),
        max_body_bytes: fields
            .whole("maxBodyBytes", bytes, 1.0, 2_147_483_647.0)?
            .unwrap_or(8_388_608.0) as usize,
    })
}

fn base_url(fields: &Fields) -> Read<(BaseUrl, bool)> {
    let allow_insecure = fields.boolean("allowInsecure")?.unwrap_or(false);
    let Some(text) = fields.string("baseUrl")? else {
        return Err(InvalidInput(
            "options.baseUrl must be given, as in \"https://vra.example.com\"".into(),
        ));
    };
    // The platform's parser puts the address into its one form; the core then judges it.
    let page = get(&get(&js_sys::global(), "location"), "origin").as_string();
    let parsed = if text.starts_with('/') && !text.starts_with("//") {
        Url::new_with_base(&text, page.as_deref().unwrap_or_default())
    } else {
        Url::new(&text)
    };
    match parsed {
        Ok(url) => {
            let cross_origin = page.is_some_and(|page| page != url.origin());
            let base = BaseUrl::new(&url.href(), allow_insecure);
            base.map(|base| (base, cross_origin)).map_err(|error| InvalidInput(format!("options.{error}")))
        }
        Err(_) => Err(InvalidInput(
            "options.baseUrl must be a URL such as \"https://vra.example.com\", or a path where there is a page".into(),
        )),
    }
}

fn source(fields: &Fields) -> Read<Source> {
    let Some(auth) = fields.get("auth") else { return Ok(Source::None) };
    if let Some(function) = auth.dyn_ref::<Function>() {
        return Ok(Source::Function(function.clone()));
    }
    if let Some(token) = readable(&auth) {
        return Ok(Source::Fixed(token));
    }
    if !auth.is_object() {
        return fields.refuse(
            "auth",
            "a token (visible ASCII characters), a function, or { refreshToken }",
            &auth,
        );
    }
    let path = fields.path("auth");
    let fields = Fields::new(&auth, &path, &["refreshToken", "organization"])?;
    let refresh_token = fields.get("refreshToken").unwrap_or_default();
    let organization =
        fields.get("organization").map(|id| super::fields::id(&id, &fields.path("organization")));
    match readable(&refresh_token) {
        Some(refresh_token) => {
            Ok(Source::Login { refresh_token, organization: organization.transpose()? })
        }
        None => fields.refuse("refreshToken", "a token (visible ASCII characters)", &refresh_token),
    }
}

fn retry(fields: &Fields) -> Read<Retry> {
    let Some(value) = fields.get("retry") else { return Ok(Retry::default()) };
    let path = fields.path("retry");
    let fields = Fields::new(&value, &path, &["maxAttempts", "initialDelayMs", "maxDelayMs"])?;
    let default = Retry::default();
    Ok(Retry {
        max_attempts: fields
            .whole("maxAttempts", "a whole number from 1 to 100", 1.0, 100.0)?
            .map_or(default.max_attempts, |attempts| attempts as u32),
        initial_delay: fields.ms("initialDelayMs")?.unwrap_or(default.initial_delay),
        max_delay: fields.ms("maxDelayMs")?.unwrap_or(default.max_delay),
    })
}

fn polling(fields: &Fields) -> Read<Polling> {
    let Some(value) = fields.get("polling") else { return Ok(Polling::default()) };
    let path = fields.path("polling");
    let fields = Fields::new(&value, &path, &["initialDelayMs", "maxDelayMs"])?;
    let default = Polling::default();
    Ok(Polling {
        initial_delay: fields.ms("initialDelayMs")?.unwrap_or(default.initial_delay),
        max_delay: fields.ms("maxDelayMs")?.unwrap_or(default.max_delay),
    })
}

fn reconcile(fields: &Fields, default: &Policy) -> Read<(Ms, Ms)> {
    let Some(value) = fields.get("reconcile") else { return Ok((default.settle, default.look)) };
    let path = fields.path("reconcile");
    let fields = Fields::new(&value, &path, &["settleMs", "intervalMs"])?;
    let settle = fields.ms("settleMs")?.unwrap_or(default.settle);
    Ok((settle, fields.ms("intervalMs")?.unwrap_or(default.look)))
}

fn api_version(fields: &Fields, version: String) -> Read<String> {
    let is_date = version.len() == 10
        && version.bytes().enumerate().all(|(place, byte)| match place {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    if is_date {
        Ok(version)
    } else {
        fields.refuse("apiVersion", "a date such as \"2021-07-15\"", &version.into())
    }
}

/// `SnapshotSpecification`
pub(super) fn specification(value: &JsValue) -> Read<SnapshotSpecification> {
    const KNOWN: [&str; 10] = [
        "name",
        "description",
        "snapshotMemory",
        "customProperties",
        "owner",
        "ownerType",
        "orgId",
        "organizationId",
        "createdAt",
        "updatedAt",
    ];
    let fields = Fields::new(value, "specification", &KNOWN)?;
    let owner_type = fields.string("ownerType")?;
    if !matches!(owner_type.as_deref(), None | Some("user" | "ad_group")) {
        return fields.refuse("ownerType", "\"user\" or \"ad_group\"", &JsValue::from("?"));
    }
    Ok(SnapshotSpecification {
        id: None,
        links: None,
        name: fields.string("name")?,
        description: fields.string("description")?,
        snapshot_memory: fields.boolean("snapshotMemory")?,
        custom_properties: fields.strings("customProperties")?,
        owner: fields.string("owner")?,
        owner_type,
        org_id: fields.string("orgId")?,
        organization_id: fields.string("organizationId")?,
        created_at: fields.string("createdAt")?,
        updated_at: fields.string("updatedAt")?,
    })
}

/// `CallOptions`
pub(super) fn call(value: &JsValue) -> Read<Limits> {
    let signal = Fields::new(value, "options", &["signal"])?.signal("signal")?;
    Ok(Limits { signal, deadline: None })
}

/// `SubmitOptions` and `CreateOptions`
#[derive(Default, Clone)]
pub(super) struct Submit {
    pub(super) signal: Option<AbortSignal>,
    pub(super) checkpoint: Option<Function>,
    pub(super) key: Option<IdempotencyKey>,
}

pub(super) fn submit(value: &JsValue) -> Read<Submit> {
    let fields = Fields::new(value, "options", &["signal", "checkpoint"])?;
    Ok(Submit {
        signal: fields.signal("signal")?,
        checkpoint: fields.function("checkpoint")?,
        key: None,
    })
}

pub(super) fn create(value: &JsValue) -> Read<Submit> {
    let fields = Fields::new(value, "options", &["signal", "checkpoint", "idempotencyKey"])?;
    let key = fields.string("idempotencyKey")?;
    let key =
        key.map(|key| IdempotencyKey::new(&fields.path("idempotencyKey"), &key)).transpose()?;
    Ok(Submit { signal: fields.signal("signal")?, checkpoint: fields.function("checkpoint")?, key })
}

/// The options of `pruneSnapshots`
pub(super) fn prune(value: &JsValue) -> Read<(Keep, Limits)> {
    let fields = Fields::new(value, "options", &["keep", "namePrefix", "signal"])?;
    let right = "a whole number of snapshots from 0";
    let Some(newest) = fields.whole("keep", right, 0.0, 1e9)? else {
        return fields.refuse("keep", right, &JsValue::UNDEFINED);
    };
    let keep = Keep { newest: newest as usize, name_prefix: fields.string("namePrefix")? };
    Ok((keep, Limits { signal: fields.signal("signal")?, deadline: None }))
}

/// `WaitOptions`
pub(super) struct Waiting {
    pub(super) signal: Option<AbortSignal>,
    pub(super) timeout_ms: f64,
    pub(super) on_progress: Option<Function>,
}

pub(super) fn wait(value: &JsValue) -> Read<Waiting> {
    let fields = Fields::new(value, "options", &["signal", "timeoutMs", "onProgress"])?;
    let timeout_ms = match fields.get("timeoutMs") {
        None => 3_600_000.0,
        Some(value) => match value.as_f64() {
            Some(ms) if ms >= 0.0 => ms,
            _ => {
                return fields.refuse(
                    "timeoutMs",
                    "a number of milliseconds from 0, or Infinity",
                    &value,
                );
            }
        },
    };
    Ok(Waiting {
        signal: fields.signal("signal")?,
        timeout_ms,
        on_progress: fields.function("onProgress")?,
    })
}

/// `MachineQuery`, and the size of its pages
pub(super) fn machine_query(value: &JsValue) -> Read<(MachineQuery, u32)> {
    let fields = Fields::new(value, "query", &["name", "projectId", "filter", "pageSize"])?;
    let query = MachineQuery {
        name: fields.string("name")?,
        project_id: fields.string("projectId")?,
        filter: fields.string("filter")?,
    };
    let size = fields.whole("pageSize", "a whole number from 1 to 1000", 1.0, 1000.0)?;
    Ok((query, size.map_or(100, |size| size as u32)))
}

/// `TrackOptions`
pub(super) fn track(value: &JsValue) -> Read<(Option<crate::Id>, crate::Kind)> {
    let fields = Fields::new(value, "options", &["machineId", "kind"])?;
    let machine = fields
        .get("machineId")
        .map(|id| super::fields::id(&id, "options.machineId"))
        .transpose()?;
    let kind = match fields.get("kind") {
        None => crate::Kind::Create,
        Some(value) => match value.as_string().as_deref().and_then(crate::Kind::from_name) {
            Some(kind) => kind,
            None => {
                let got = kind_of(&value);
                return Err(InvalidInput(format!(
                    "options.kind must be \"create\", \"revert\" or \"delete\", not {got}"
                )));
            }
        },
    };
    Ok((machine, kind))
}
