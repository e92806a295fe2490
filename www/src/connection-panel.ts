import type { About } from "vra-snapshots";
import { type Connection, Connections, DEMO_TOKEN, OWN_ORIGIN } from "./connection.ts";
import { part, setText } from "./dom.ts";
import { dateTime } from "./format.ts";
import { problemElement, problemOf } from "./problem.ts";

/** The version that the client names in every call when it is told no other. */
const SPOKEN_VERSION = "2021-07-15";

interface Hooks {
  onConnect(connection: Connection): void;
}

/** The disclosure at the top: which service, with which token, and what the service says of its API. */
export class ConnectionPanel {
  readonly #root: HTMLDetailsElement;
  readonly #hooks: Hooks;
  readonly #connections = new Connections();
  readonly #baseUrl: HTMLInputElement;
  readonly #token: HTMLInputElement;
  #current: Connection;
  #refused = false;
  /** What the service has answered to; empty until it has. */
  #version = "";
  /** Ends what the connection before this one is still asking. */
  #attempt = new AbortController();

  constructor(root: HTMLDetailsElement, hooks: Hooks) {
    this.#root = root;
    this.#hooks = hooks;
    const form = part(root, "form", HTMLFormElement);
    this.#baseUrl = part(form, "base-url", HTMLInputElement);
    this.#token = part(form, "token", HTMLInputElement);
    this.#baseUrl.value = OWN_ORIGIN;
    this.#token.value = DEMO_TOKEN;
    this.#current = this.#connections.to(OWN_ORIGIN, DEMO_TOKEN);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.connect();
    });
  }

  get current(): Connection {
    return this.#current;
  }

  /** Opens the panel at the token. */
  open(): void {
    this.#root.open = true;
    this.#token.focus();
    this.#token.select();
  }

  /** Whether the service takes the token; only a call that needs one can tell. */
  showToken(accepted: boolean): void {
    if (accepted === !this.#refused) return;
    this.#refused = !accepted;
    if (this.#version) this.#showAnswered();
  }

  connect(): void {
    try {
      this.#current = this.#connections.to(this.#baseUrl.value.trim(), this.#token.value);
    } catch (error) {
      // What was connected to before stays so.
      this.#note(problemElement(problemOf(error, "connect")));
      this.#root.open = true;
      return;
    }
    this.#attempt.abort();
    this.#attempt = new AbortController();
    this.#refused = false;
    this.#version = "";
    this.#hooks.onConnect(this.#current);
    void this.#ask(this.#current, this.#attempt.signal);
  }

  async #ask({ baseUrl, client }: Connection, signal: AbortSignal): Promise<void> {
    const where = baseUrl === OWN_ORIGIN ? "this origin" : baseUrl;
    setText(part(this.#root, "where", HTMLElement), where);
    this.#show("connecting", "Connecting");
    this.#note();
    try {
      const about = await client.about({ signal });
      this.#version = `API ${SPOKEN_VERSION}`;
      this.#showAnswered();
      this.#note(...versionNotes(about));
    } catch (error) {
      if (signal.aborted) return;
      this.#show("failed", "No answer");
      this.#note(problemElement(problemOf(error, "connect")));
    }
  }

  #showAnswered(): void {
    if (this.#refused) this.#show("failed", "Token refused");
    else this.#show("connected", "Connected");
  }

  #show(state: "connecting" | "connected" | "failed", words: string): void {
    const element = part(this.#root, "state", HTMLElement);
    element.dataset.state = state;
    setText(element, words);
    setText(part(this.#root, "version", HTMLElement), state === "connecting" ? "" : this.#version);
  }

  #note(...notes: HTMLElement[]): void {
    part(this.#root, "notes", HTMLElement).replaceChildren(...notes);
  }
}

/** What the service says of the version that is spoken to it, and of the newest. */
function versionNotes(about: About): HTMLElement[] {
  const spoken = about.supportedApis.find((api) => api.apiVersion === SPOKEN_VERSION);
  const notes = [
    `This page speaks API version ${SPOKEN_VERSION}; the service's latest is ${about.latestApiVersion}.`,
  ];
  if (!spoken) notes.push(`The service does not list ${SPOKEN_VERSION} among the versions it supports.`);
  const { deprecatedAt, expiresAt, description } = spoken?.deprecationPolicy ?? {};
  if (deprecatedAt) notes.push(`It is deprecated since ${dateTime(deprecatedAt)}.`);
  if (expiresAt) notes.push(`It expires ${dateTime(expiresAt)}.`);
  if (description) notes.push(description);
  return notes.map((text) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = text;
    return paragraph;
  });
}
