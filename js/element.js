// <snapshot-progress>: an operation, shown. It needs nothing of the client, and loads nothing.

const NAME = "snapshot-progress";
/** What changes without a word from the reader - the phase, the time left - is looked at so often. */
const LOOK_MS = 1_000;
/** A screen reader is told of so many percent at once. */
const TOLD_PERCENT = 10;

const TEXTS = {
  label: (kind, machineId) => {
    const what = { revert: "Revert", delete: "Snapshot deletion" }[kind] ?? "Snapshot";
    return machineId ? `${what}, machine ${machineId}` : what;
  },
  phases: {
    prepared: "Not sent yet",
    submitting: "Submitting",
    reconciling: "No readable answer, looking what became of it",
    tracking: "Under way",
    resolving: "Looking up the snapshot",
    finished: "Finished",
    failed: "Failed",
  },
  interrupted: "No longer followed; it goes on at the service",
  percent: (percent) => `${percent} %`,
  remaining: (ms) => {
    const minutes = Math.round(ms / 60_000);
    if (ms < 10_000) return "a few seconds left";
    if (ms < 90_000) return `about ${Math.round(ms / 10_000) * 10} s left`;
    return minutes < 90 ? `about ${minutes} min left` : `about ${Math.round(minutes / 60)} h left`;
  },
  result: (snapshot) => `Snapshot: ${snapshot.name ?? snapshot.id}`,
  advice: {
    invalid_input: "Correct what the message names.",
    unauthorized: "Sign in again, then follow it again.",
    forbidden: "Ask for a role that may do this.",
    not_found: "Check whether the machine and the snapshot are still there.",
    conflict: "Wait for what is under way on the machine, then try again.",
    rate_limited: "Wait a minute, then try again.",
    service_error: "Wait a little, then try again. If it stays so, tell whoever runs the service.",
    network: "Check the network, then try again.",
    timeout: "Wait a little, then follow it again.",
    unexpected_response: "Check the address of the service and what stands in front of it.",
    body_too_large: "Tell whoever runs this page.",
    operation_failed: "Remove the cause that the service names, then start again.",
    outcome_unknown: "Look at the machine's snapshots before anything is sent again.",
    ambiguous_result: "Look at the machine's snapshots before another is made.",
  },
};

// Its colours follow the colour scheme of the page around it. Where it is not known how much is done, what moves - or
// rests as stripes, where motion is not welcome - pretends no amount. Before anything is sent nothing moves.
const CSS = `
  :host {
    display: block;
    overflow-wrap: anywhere;
    --_accent: var(--snapshot-progress-color, #2f7fc4);
    --_track: var(--snapshot-progress-track-color, #8883);
    --_good: var(--snapshot-progress-success-color, currentColor);
    --_bad: var(--snapshot-progress-error-color, currentColor);
  }
  @supports (color: light-dark(#000, #fff)) {
    :host {
      --_accent: var(--snapshot-progress-color, light-dark(#0b5cad, #6cb2f7));
      --_track: var(--snapshot-progress-track-color, light-dark(#dde3e9, #2a353f));
      --_good: var(--snapshot-progress-success-color, light-dark(#14713a, #58c98a));
      --_bad: var(--snapshot-progress-error-color, light-dark(#b3261e, #ff938a));
    }
  }
  :host([hidden]), [hidden] { display: none !important; }
  [part~="body"] { display: grid; gap: var(--snapshot-progress-gap, 0.375em); }
  [part="line"] { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1em; }
  p { margin: 0; }
  [part="label"] { flex: 1 0 0; min-inline-size: 0; font-weight: 600; }
  [part="percent"], [part="remaining"] { font-variant-numeric: tabular-nums; }
  .finished { --_accent: var(--_good); }
  .failed, .interrupted { --_accent: var(--_bad); }
  .finished [part="phase"], [part="result"] { color: var(--_good); }
  .failed [part="phase"], [part="error"] { color: var(--_bad); }
  progress {
    display: block;
    inline-size: 100%;
    block-size: var(--snapshot-progress-bar-height, 0.5em);
    overflow: hidden;
    border: 0;
    border-radius: var(--snapshot-progress-bar-radius, 1em);
    appearance: none;
    background: var(--_track);
  }
  progress::-webkit-progress-bar { background: transparent; }
  progress::-webkit-progress-value { background: var(--_accent); }
  progress::-moz-progress-bar { background: var(--_accent); }
  progress:indeterminate {
    background: repeating-linear-gradient(-55deg, var(--_accent) 0 0.4em, var(--_track) 0.4em 0.8em);
  }
  progress:indeterminate::-moz-progress-bar { background: transparent; }
  @media (prefers-reduced-motion: no-preference) {
    progress::-webkit-progress-value { transition: inline-size 0.3s ease-out; }
    progress:indeterminate {
      background: linear-gradient(90deg, transparent, var(--_accent), transparent) 0 0 / 35% 100% no-repeat var(--_track);
      animation: travel 1.5s ease-in-out infinite alternate;
    }
  }
  @keyframes travel {
    to { background-position: 100% 0; }
  }
  .waiting progress:indeterminate { background: var(--_track); animation: none; }
  @media (forced-colors: active) {
    progress {
      --_accent: Highlight;
      --_track: Canvas;
      border: 1px solid CanvasText;
      forced-color-adjust: none;
    }
  }
  .told {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

/** A sheet belongs to the document that constructed it. */
const sheets = new WeakMap();

/**
 * Dresses a shadow root. A policy may forbid every style element, an empty one too; a sheet that is constructed it
 * lets pass. Browsers from before 2023 construct none: they show their own progress bar.
 */
function dress(root, told) {
  const { ownerDocument } = root;
  const { CSSStyleSheet } = ownerDocument.defaultView ?? {};
  if (!CSSStyleSheet || !("adoptedStyleSheets" in root)) {
    Object.assign(told.style, { position: "absolute", clipPath: "inset(50%)" });
    return;
  }
  if (!sheets.has(ownerDocument)) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    sheets.set(ownerDocument, sheet);
  }
  const sheet = sheets.get(ownerDocument);
  const worn = root.adoptedStyleSheets;
  if (!worn.includes(sheet)) root.adoptedStyleSheets = [sheet, ...worn];
}

const isOver = (phase) => phase === "finished" || phase === "failed";

/** Where there is no DOM there is nothing to extend, and the module can be imported all the same. */
const Base = globalThis.HTMLElement ?? class {};

export class SnapshotProgress extends Base {
  static observedAttributes = ["label", "quiet"];

  #operation = null;
  #texts = {};
  #words = TEXTS;
  #parts;
  /** Ends the reader; `undefined` while there is none. */
  #stop;
  /** What ended the reader though the operation is not over. */
  #interruption;
  #hasEnded = false;
  /** What was emitted last, and what a screen reader was told last. */
  #emitted = {};
  #told = {};

  constructor() {
    super();
    this.#parts = build(this.attachShadow({ mode: "open" }), this.ownerDocument);
  }

  get operation() {
    return this.#operation;
  }

  set operation(operation) {
    if ((operation ?? null) === this.#operation) return;
    this.#leave();
    this.#operation = operation ?? null;
    this.#interruption = undefined;
    this.#hasEnded = false;
    this.#emitted = {};
    this.#told = {};
    this.#parts.told.textContent = "";
    this.#follow();
  }

  get texts() {
    return this.#texts;
  }

  set texts(texts) {
    this.#texts = texts ?? {};
    const { phases, advice } = TEXTS;
    this.#words = {
      ...TEXTS,
      ...this.#texts,
      phases: { ...phases, ...this.#texts.phases },
      advice: { ...advice, ...this.#texts.advice },
    };
    this.#show();
  }

  get label() {
    return this.getAttribute("label") ?? "";
  }

  set label(label) {
    if (label === null || label === undefined) this.removeAttribute("label");
    else this.setAttribute("label", label);
  }

  get quiet() {
    return this.hasAttribute("quiet");
  }

  set quiet(quiet) {
    this.toggleAttribute("quiet", Boolean(quiet));
  }

  resume() {
    this.#interruption = undefined;
    this.#follow();
  }

  connectedCallback() {
    dress(this.shadowRoot, this.#parts.told);
    // What was set before the element was defined hides the accessors.
    for (const name of ["operation", "texts", "label", "quiet"]) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete this[name];
      this[name] = value;
    }
    this.#follow();
  }

  disconnectedCallback() {
    this.#leave();
  }

  /** Moved by `moveBefore()`, it reads on. */
  connectedMoveCallback() {}

  attributeChangedCallback() {
    this.#show();
  }

  #leave() {
    this.#stop?.abort();
    this.#stop = undefined;
  }

  /** Reads while it is in a document and there is something to read: an operation polls only while somebody does. */
  #follow() {
    this.#show();
    if (!this.isConnected || !this.#operation || this.#stop || this.#interruption || this.#hasEnded) return;
    this.#stop = new AbortController();
    this.#read(this.#operation, this.#stop.signal);
  }

  async #read(operation, signal) {
    const timer = setInterval(() => this.#look(), LOOK_MS);
    signal.addEventListener("abort", () => clearInterval(timer));
    let interruption;
    try {
      // Whoever has just set the operation may want to listen first.
      await undefined;
      this.#look();
      while (!signal.aborted && operation.phase === "prepared") await pause(signal);
      if (signal.aborted) return;
      if (!isOver(operation.phase)) await this.#readToTheEnd(operation, signal);
    } catch (error) {
      interruption = error;
    }
    if (signal.aborted) return;
    this.#leave();
    this.#look(interruption);
  }

  async #readToTheEnd(operation, signal) {
    const options = { signal, timeoutMs: Number.POSITIVE_INFINITY };
    const reader = operation.watch(options)[Symbol.asyncIterator]();
    // For what does not know of signals.
    signal.addEventListener("abort", () => reader.return?.()?.catch?.(() => {}));
    while (!(await reader.next()).done && !signal.aborted) this.#look();
    if (signal.aborted) return;
    this.#look();
    // The tracker ends before the snapshot is found.
    if (!isOver(operation.phase)) await operation.result?.(options);
    while (!signal.aborted && !isOver(operation.phase)) await pause(signal);
  }

  /** Shows what there is now, and tells whoever listens. */
  #look(interruption) {
    const operation = this.#operation;
    let seen;
    try {
      const { phase, progress, snapshot, error } = operation;
      seen = { phase, progress, snapshot, error };
    } catch {
      // Its memory was released: what was seen last stays.
      this.#leave();
      return;
    }
    const { phase, progress, snapshot, error } = seen;
    const over = isOver(phase);
    if (interruption && !over) this.#interruption = interruption;
    this.#show();
    if (phase !== this.#emitted.phase || progress !== this.#emitted.progress) {
      this.#emitted = { progress, phase };
      this.#emit("snapshot-progress", { progress, phase });
      // Whoever was told may have set another one.
      if (this.#operation !== operation) return;
    }
    if (over && !this.#hasEnded) {
      this.#hasEnded = true;
      this.#emit("snapshot-end", phase === "finished" ? { snapshot } : { error });
    } else if (interruption && !over) {
      this.#emit("snapshot-interrupted", { error: interruption });
    }
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  #show() {
    const operation = this.#operation;
    const parts = this.#parts;
    parts.body.hidden = !operation;
    if (!operation) return;

    const words = this.#words;
    const { kind, machineId, phase, progress, tracker, etaMs, snapshot } = operation;
    const resting = this.#interruption !== undefined;
    const going = !resting && !isOver(phase);
    const state = resting
      ? "interrupted"
      : isOver(phase)
        ? phase
        : phase === "prepared"
          ? "waiting"
          : "running";
    const error = this.#interruption ?? (phase === "failed" ? operation.error : undefined);
    const percent = Number.isFinite(progress) ? Math.floor(Math.min(Math.max(progress, 0), 100)) : undefined;

    if (parts.body.className !== state) {
      parts.body.className = state;
      parts.body.part = `body ${state}`;
    }
    put(parts.label, this.label || words.label(kind, machineId));
    put(parts.percent, percent === undefined ? "" : words.percent(percent));
    if (percent === undefined) parts.bar.removeAttribute("value");
    else parts.bar.value = percent;
    // Without a value it would run on for ever.
    parts.bar.hidden = percent === undefined && !going;
    put(parts.phase, resting ? words.interrupted : (words.phases[phase] ?? phase));
    put(parts.remaining, going && Number.isFinite(etaMs) ? words.remaining(etaMs) : "");
    put(parts.message, going ? tracker?.message : "");
    put(parts.result, phase === "finished" && snapshot ? words.result(snapshot) : "");
    put(parts.error, error ? (error.message ?? String(error)) : "");
    put(parts.advice, error ? words.advice[error.code] : "");
    if (this.isConnected) this.#tell(state, phase, percent);
  }

  /** Tells a screen reader, but not of every percent. */
  #tell(state, phase, percent) {
    const step = percent === undefined ? undefined : Math.floor(percent / TOLD_PERCENT);
    const [parts, told] = [this.#parts, this.#told];
    if (this.quiet || (told.state === state && told.phase === phase && told.step === step)) return;
    this.#told = { state, phase, step };
    const shown = [parts.label, parts.phase, parts.percent, parts.result, parts.error, parts.advice];
    const texts = shown.map(({ textContent }) => textContent).filter(Boolean);
    parts.told.textContent = texts.join(", ");
  }
}

/** What it is made of, by the names of its parts. Everything in it is text. */
function build(root, document) {
  const make = (tag, part, children = []) => {
    const element = document.createElement(tag);
    element.part = part;
    element.append(...children);
    return element;
  };
  const names = ["label", "percent", "phase", "remaining"];
  const [label, percent, phase, remaining] = names.map((name) => make("span", name));
  const [message, result, error, advice] = ["message", "result", "error", "advice"].map((name) =>
    make("p", name),
  );
  const bar = make("progress", "bar");
  const lines = [
    [label, percent],
    [phase, remaining],
  ].map((pair) => make("div", "line", pair));
  const body = make("div", "body", [lines[0], bar, lines[1], message, result, error, advice]);
  // What others have written may run in the other direction.
  for (const element of [label, message, result, error]) element.dir = "auto";
  const told = document.createElement("p");
  told.className = "told";
  told.setAttribute("role", "status");
  label.id = "label";
  bar.max = 100;
  bar.setAttribute("aria-labelledby", "label");
  root.append(body, told);
  return { body, label, percent, bar, phase, remaining, message, result, error, advice, told };
}

/** A text that stays as it is is not set again; an empty one takes no place. */
function put(element, text) {
  const shown = String(text ?? "");
  if (element.textContent !== shown) element.textContent = shown;
  element.hidden = shown === "";
}

function pause(signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, LOOK_MS);
    signal.addEventListener("abort", end);
  });
}

// Another version of this package may have been faster.
if (globalThis.customElements && !customElements.get(NAME)) customElements.define(NAME, SnapshotProgress);
