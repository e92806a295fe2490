//! The options of a client, and those of its methods.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use js_sys::Function;
use wasm_bindgen::prelude::*;
use web_sys::{AbortSignal, Url};

use super::Shell;
use super::attempt::Attempts;
use super::events::Events;
use super::fields::{
    ANY, FLAG, FUNCTION, Field, Kind, MILLIS, Read, SIGNAL, TEXT, TEXTS, given, is_whole,
    optional_id, read, texts, whole,
};
use super::line::Line;
use super::scheduler::Scheduler;
use super::session::{Session, Source, readable};
use super::value::get;
use super::wait::Limits;
use crate::engine::policy::Policy;
use crate::error::InvalidInput;
use crate::inspect::prune::Keep;
use crate::operation::claims::Claims;
use crate::operation::key::IdempotencyKey;
use crate::poll_batch::Tracking;
use crate::protocol::base_url::BaseUrl;
use crate::protocol::call::{MachineOrder, MachineQuery};
use crate::protocol::model::SnapshotSpecification;
use crate::util::text::concat;

pub(crate) fn client(options: &JsValue) -> Read<Shell> {
    static CLIENT: [Field; 13] = [
        ("baseUrl", TEXT),
        ("auth", AUTH),
        ("apiVersion", DATE),
        ("fetch", FUNCTION),
        ("retry", ANY),
        ("polling", ANY),
        ("reconcile", ANY),
        ("requestTimeoutMs", MILLIS),
        ("maxBodyBytes", BYTES),
        ("body", BODY),
        ("allowInsecure", FLAG),
        ("onEvent", FUNCTION),
        ("timer", FUNCTION),
    ];
    const DATE: Kind = Kind { right: "a date such as \"2021-07-15\"", fits: is_date };
    const BYTES: Kind = Kind {
        right: "a whole number of bytes from 1 to 2147483647",
        fits: |value| is_whole(value, 1, 2_147_483_647),
    };
    const BODY: Kind = Kind {
        right: "\"conformant\" or \"minimal\"",
        fits: |value| matches!(value.as_string().as_deref(), Some("conformant" | "minimal")),
    };
    if options.is_undefined() {
        return Err(InvalidInput("options must be given: { baseUrl, auth }".into()));
    }
    let [
        base,
        auth,
        api_version,
        fetch,
        retry,
        polling,
        reconcile,
        request_timeout,
        max_body_bytes,
        body,
        allow_insecure,
        on_event,
        timer,
    ] = &read(options, "options", &CLIENT)?;
    let session = Session::new(source(auth)?);
    let (base, cross_origin) = base_url(base, allow_insecure.is_truthy())?;
    let mut policy = Policy::new(base);
    patience(&mut policy, retry, polling, reconcile)?;
    policy.renewable = session.is_renewable();
    policy.token_is_fixed = session.is_fixed();
    policy.conformant = body.as_string().as_deref() != Some("minimal");
    if let Some(version) = api_version.as_string() {
        policy.api_version = version;
    }
    let policy = Rc::new(policy);
    Ok(Shell {
        tracking: Rc::new(RefCell::new(Tracking::new(policy.clone()))),
        lister: RefCell::default(),
        policy,
        claims: Claims::default(),
        session,
        events: Events(given(on_event)),
        throttle: RefCell::default(),
        scheduler: Scheduler::new(given(timer)),
        attempts: Attempts::default(),
        line: Line::default(),
        done: OnceCell::new(),
        masks: OnceCell::new(),
        fetch: given(fetch),
        cross_origin,
        answered: Cell::default(),
        request_timeout_ms: whole(request_timeout, 30_000),
        max_body_bytes: whole(max_body_bytes, 8_388_608) as usize,
    })
}

/// The address, and whether it is on another origin than the page.
fn base_url(address: &JsValue, allow_insecure: bool) -> Read<(BaseUrl, bool)> {
    let Some(address) = address.as_string() else {
        return Err(InvalidInput(
            "options.baseUrl must be given, as in \"https://vra.example.com\"".into(),
        ));
    };
    let page = get(&get(&js_sys::global(), "location"), "origin").as_string();
    let is_path = address.starts_with('/');
    // The platform's parser puts the address into its one form; the core then judges it. What is no path is to
    // be whole without the page: it is its own base.
    let base = page.as_deref().filter(|_| is_path).unwrap_or(&address);
    if let Ok(url) = Url::new_with_base(&address, base) {
        let of_url = |name| get(&url, name).as_string().unwrap_or_default();
        let cross_origin = page.is_some_and(|page| page != of_url("origin"));
        // A path stays where the page is: "//host" and "/\host" do not.
        if !(is_path && cross_origin) {
            return match BaseUrl::new(&of_url("href"), allow_insecure) {
                Ok(base) => Ok((base, cross_origin)),
                Err(InvalidInput(why)) => Err(InvalidInput(concat(&["options.", &why]))),
            };
        }
    }
    Err(InvalidInput(
        "options.baseUrl must be a URL such as \"https://vra.example.com\", or a path where there is a page".into(),
    ))
}

const AUTH: Kind = Kind {
    right: "a token (visible ASCII characters), a function, or { refreshToken }",
    fits: |auth| auth.is_object() || auth.is_function() || readable(auth).is_some(),
};

fn source(auth: &JsValue) -> Read<Source> {
    static LOGIN: [Field; 2] = [("refreshToken", TOKEN), ("organization", ANY)];
    const TOKEN: Kind = Kind {
        right: "a token (visible ASCII characters)",
        fits: |token| readable(token).is_some(),
    };
    if auth.is_undefined() {
        return Ok(Source::None);
    }
    if let Some(function) = auth.dyn_ref::<Function>() {
        return Ok(Source::Function(function.clone()));
    }
    if let Some(token) = readable(auth) {
        return Ok(Source::Fixed(token));
    }
    let [token, organization] = &read(auth, "options.auth", &LOGIN)?;
    match readable(token) {
        Some(refresh_token) => {
            let organization = optional_id(organization, "options.auth.organization")?;
            Ok(Source::Login { refresh_token, organization })
        }
        None => Err(TOKEN.refuse("options.auth.refreshToken", token)),
    }
}

/// How often, and how long: what is left out stays as it is by default.
fn patience(
    policy: &mut Policy,
    retry: &JsValue,
    polling: &JsValue,
    reconcile: &JsValue,
) -> Read<()> {
    static RETRY: [Field; 3] =
        [("maxAttempts", ATTEMPTS), ("initialDelayMs", MILLIS), ("maxDelayMs", MILLIS)];
    static POLLING: [Field; 2] = [("initialDelayMs", MILLIS), ("maxDelayMs", MILLIS)];
    static RECONCILE: [Field; 2] = [("settleMs", MILLIS), ("intervalMs", MILLIS)];
    const ATTEMPTS: Kind =
        Kind { right: "a whole number from 1 to 100", fits: |value| is_whole(value, 1, 100) };
    let set = |ms: &mut u64, value: &JsValue| *ms = whole(value, *ms);

    let [attempts, initial, max] = &read(retry, "options.retry", &RETRY)?;
    policy.retry.max_attempts = whole(attempts, policy.retry.max_attempts.into()) as u32;
    set(&mut policy.retry.initial_delay, initial);
    set(&mut policy.retry.max_delay, max);

    let [initial, max] = &read(polling, "options.polling", &POLLING)?;
    set(&mut policy.polling.initial_delay, initial);
    set(&mut policy.polling.max_delay, max);

    let [settle, interval] = &read(reconcile, "options.reconcile", &RECONCILE)?;
    set(&mut policy.settle, settle);
    set(&mut policy.look, interval);
    Ok(())
}

/// Whether it is written as year, month and day.
fn is_date(value: &JsValue) -> bool {
    value.as_string().is_some_and(|date| {
        date.len() == 10
            && date.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    })
}

/// `SnapshotSpecification`
pub(crate) fn specification(value: &JsValue) -> Read<SnapshotSpecification> {
    static SPECIFICATION: [Field; 10] = [
        ("name", TEXT),
        ("description", TEXT),
        ("snapshotMemory", FLAG),
        ("customProperties", TEXTS),
        ("owner", TEXT),
        ("ownerType", OWNER_TYPE),
        ("orgId", TEXT),
        ("organizationId", TEXT),
        ("createdAt", TEXT),
        ("updatedAt", TEXT),
    ];
    const OWNER_TYPE: Kind = Kind {
        right: "\"user\" or \"ad_group\"",
        fits: |value| matches!(value.as_string().as_deref(), Some("user" | "ad_group")),
    };
    let [
        name,
        description,
        memory,
        properties,
        owner,
        owner_type,
        org,
        organization,
        created,
        updated,
    ] = &read(value, "specification", &SPECIFICATION)?;
    Ok(SnapshotSpecification {
        id: None,
        links: None,
        name: name.as_string(),
        description: description.as_string(),
        snapshot_memory: memory.as_bool(),
        custom_properties: texts(properties, "specification.customProperties")?,
        owner: owner.as_string(),
        owner_type: owner_type.as_string(),
        org_id: org.as_string(),
        organization_id: organization.as_string(),
        created_at: created.as_string(),
        updated_at: updated.as_string(),
    })
}

/// `CallOptions`
pub(crate) fn call(value: &JsValue) -> Read<Limits> {
    static CALL: [Field; 1] = [("signal", SIGNAL)];
    let [signal] = &read(value, "options", &CALL)?;
    Ok(Limits { signal: given(signal), deadline: None })
}

/// The token that was refused, if one was, and `CallOptions`
pub(crate) fn stale(token: &JsValue, options: &JsValue) -> Read<(Option<String>, Limits)> {
    if !token.is_undefined() && !token.is_string() {
        return Err(TEXT.refuse("stale", token));
    }
    Ok((token.as_string(), call(options)?))
}

/// `SubmitOptions` and `CreateOptions`
#[derive(Default, Clone)]
pub(crate) struct Submit {
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) checkpoint: Option<Function>,
    pub(crate) key: Option<IdempotencyKey>,
}

pub(crate) fn submit(value: &JsValue) -> Read<Submit> {
    static SUBMIT: [Field; 2] = [("signal", SIGNAL), ("checkpoint", FUNCTION)];
    let [signal, checkpoint] = &read(value, "options", &SUBMIT)?;
    Ok(Submit { signal: given(signal), checkpoint: given(checkpoint), key: None })
}

pub(crate) fn create(value: &JsValue) -> Read<Submit> {
    static CREATE: [Field; 3] =
        [("signal", SIGNAL), ("checkpoint", FUNCTION), ("idempotencyKey", TEXT)];
    let [signal, checkpoint, key] = &read(value, "options", &CREATE)?;
    let key = key.as_string().map(|key| IdempotencyKey::new("options.idempotencyKey", &key));
    Ok(Submit { signal: given(signal), checkpoint: given(checkpoint), key: key.transpose()? })
}

/// The options of `pruneSnapshots`
pub(crate) fn prune(value: &JsValue) -> Read<(Keep, Limits)> {
    static PRUNE: [Field; 3] = [("keep", COUNT), ("namePrefix", TEXT), ("signal", SIGNAL)];
    const COUNT: Kind = Kind {
        right: "a whole number of snapshots from 0",
        fits: |value| is_whole(value, 0, 1_000_000_000),
    };
    let [keep, prefix, signal] = &read(value, "options", &PRUNE)?;
    if keep.is_undefined() {
        return Err(COUNT.refuse("options.keep", keep));
    }
    let keep = Keep { newest: whole(keep, 0) as usize, name_prefix: prefix.as_string() };
    Ok((keep, Limits { signal: given(signal), deadline: None }))
}

/// `WaitOptions`
pub(crate) struct Waiting {
    pub(crate) signal: Option<AbortSignal>,
    pub(crate) timeout_ms: f64,
    pub(crate) on_progress: Option<Function>,
}

/// How long a wait for one operation takes at the most, and one for a fleet.
pub(crate) const AN_HOUR: f64 = 3_600_000.0;
pub(crate) const A_DAY: f64 = 86_400_000.0;

pub(crate) fn wait(value: &JsValue, longest: f64) -> Read<Waiting> {
    static WAIT: [Field; 3] =
        [("signal", SIGNAL), ("timeoutMs", TIMEOUT), ("onProgress", FUNCTION)];
    const TIMEOUT: Kind = Kind {
        right: "a number of milliseconds from 0, or Infinity",
        fits: |value| value.as_f64().is_some_and(|ms| ms >= 0.0),
    };
    let [signal, timeout, on_progress] = &read(value, "options", &WAIT)?;
    Ok(Waiting {
        signal: given(signal),
        timeout_ms: timeout.as_f64().unwrap_or(longest),
        on_progress: given(on_progress),
    })
}

/// `MachineQuery`, and the size of its pages
pub(crate) fn machine_query(value: &JsValue) -> Read<(MachineQuery, u32)> {
    static QUERY: [Field; 5] = [
        ("name", TEXT),
        ("projectId", TEXT),
        ("filter", TEXT),
        ("orderBy", ORDER),
        ("pageSize", SIZE),
    ];
    const ORDER: Kind =
        Kind { right: "\"id\" or \"name\"", fits: |value| machine_order(value).is_some() };
    const SIZE: Kind =
        Kind { right: "a whole number from 1 to 1000", fits: |value| is_whole(value, 1, 1000) };
    let [name, project, filter, order_by, size] = &read(value, "query", &QUERY)?;
    let query = MachineQuery {
        name: name.as_string(),
        project_id: project.as_string(),
        filter: filter.as_string(),
        order_by: machine_order(order_by).unwrap_or_default(),
    };
    Ok((query, whole(size, 100) as u32))
}

fn machine_order(value: &JsValue) -> Option<MachineOrder> {
    match value.as_string()?.as_str() {
        "id" => Some(MachineOrder::Id),
        "name" => Some(MachineOrder::Name),
        _ => None,
    }
}

/// `TrackOptions`
pub(crate) fn track(
    value: &JsValue,
) -> Read<(Option<crate::protocol::call::Id>, crate::operation::state::Kind)> {
    static TRACK: [Field; 2] = [("machineId", ANY), ("kind", KIND)];
    const KIND: Kind = Kind {
        right: "\"create\", \"revert\" or \"delete\"",
        fits: |value| kind_of_operation(value).is_some(),
    };
    let [machine, kind] = &read(value, "options", &TRACK)?;
    let machine = optional_id(machine, "options.machineId")?;
    Ok((machine, kind_of_operation(kind).unwrap_or(crate::operation::state::Kind::Create)))
}

fn kind_of_operation(value: &JsValue) -> Option<crate::operation::state::Kind> {
    crate::operation::state::Kind::from_name(&value.as_string()?)
}
