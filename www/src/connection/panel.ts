import { SnapshotError } from "vra-snapshots";
import { problemElement } from "../problems/problem.ts";
import { problemOf } from "../problems/problem-of.ts";
import { part, setText } from "../ui/dom.ts";
import { type Connection, Connections, type Target } from "./connection.ts";
import { ConnectionFields } from "./fields.ts";
import { remember, remembered } from "./memory.ts";
import { corsHelp, SPOKEN_VERSION, versionNotes } from "./notes.ts";

interface Hooks {
  onConnect(connection: Connection): void;
  /** The page begins without a connection. */
  onNone(): void;
}

/** The disclosure at the top: to what, with which token, and what it says of its API. */
export class ConnectionPanel {
  readonly #root: HTMLDetailsElement;
  readonly #hooks: Hooks;
  readonly #connections = new Connections();
  readonly #fields: ConnectionFields;
  #refused = false;
  /** Whether the page has opened the panel because it could not begin without: then it closes it, too. */
  #closesItself = false;
  /** What the service has answered to; empty until it has. */
  #version = "";
  /** Ends what the connection before this one is still asking. */
  #attempt = new AbortController();

  constructor(root: HTMLDetailsElement, hooks: Hooks) {
    this.#root = root;
    this.#hooks = hooks;
    const form = part(root, "form", HTMLFormElement);
    this.#fields = new ConnectionFields(form);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const target = this.#fields.read();
      if (this.#fields.refuseEmpty()) return;
      remember(this.#fields.remembers ? target : undefined);
      void this.#connect(target);
    });
  }

  /** Connects to what this tab remembers, or else to this. */
  start(target: Target): void {
    const known = remembered();
    this.#fields.remembers = known !== undefined;
    this.#fields.write(known ?? target);
    if (!this.#fields.isTokenMissing) return void this.#connect(this.#fields.read());
    this.#show("none", "Not connected");
    this.#hooks.onNone();
    this.#closesItself = true;
    this.open();
  }

  /** Opens the panel at the token. */
  open(): void {
    this.#root.open = true;
    this.#fields.focus();
  }

  /** Whether the service takes the token; only a call that needs one can tell. */
  showToken(accepted: boolean): void {
    if (accepted === !this.#refused) return;
    this.#refused = !accepted;
    if (this.#version) this.#showAnswered();
  }

  async #connect(target: Target): Promise<void> {
    let connection: Connection;
    try {
      connection = await this.#connections.to(target);
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
    this.#hooks.onConnect(connection);
    await this.#ask(connection, this.#attempt.signal);
  }

  async #ask(connection: Connection, signal: AbortSignal): Promise<void> {
    setText(part(this.#root, "where", HTMLElement), connection.label);
    this.#show("connecting", "Connecting");
    this.#note();
    try {
      const { notes, isDeprecated } = versionNotes(await connection.client.about({ signal }));
      this.#version = `API ${SPOKEN_VERSION}${isDeprecated ? ", deprecated" : ""}`;
      this.#showAnswered();
      this.#note(...notes);
      if (this.#closesItself) this.#close();
    } catch (error) {
      if (signal.aborted) return;
      // An edge worker answers nothing at all without a token that is right.
      const isRefused = error instanceof SnapshotError && error.code === "unauthorized";
      this.#show("failed", isRefused ? "Token refused" : "No answer");
      const isNetwork = error instanceof SnapshotError && error.code === "network";
      const help = isNetwork ? corsHelp(connection) : undefined;
      this.#note(problemElement(problemOf(error, "connect")), ...(help ? [help] : []));
      // What helps is in here.
      if (help) this.#root.open = true;
    }
  }

  /** The focus stays at what was closed. */
  #close(): void {
    this.#closesItself = false;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#root.open = false;
    if (hadFocus) this.#root.querySelector("summary")?.focus();
  }

  #showAnswered(): void {
    if (this.#refused) this.#show("failed", "Token refused");
    else this.#show("connected", "Connected");
  }

  #show(state: "none" | "connecting" | "connected" | "failed", words: string): void {
    const element = part(this.#root, "state", HTMLElement);
    element.dataset.state = state;
    setText(element, words);
    setText(part(this.#root, "version", HTMLElement), state === "connecting" ? "" : this.#version);
  }

  #note(...notes: HTMLElement[]): void {
    part(this.#root, "notes", HTMLElement).replaceChildren(...notes);
  }
}
