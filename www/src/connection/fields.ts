import { part, setText, showText } from "../ui/dom.ts";
import { type ConnectionKind, DEMO_TOKEN, OWN_ORIGIN, type Secret, type Target } from "./connection.ts";

/** The same client speaks to all of them; what a person has to enter, and its name, differs. */
const WORDS = {
  service: {
    baseUrl: "Base URL",
    baseUrlHint: "/ is the origin this page came from.",
    token: "Access token",
    tokenHint: "Kept in memory only, and sent to this base URL only.",
  },
  edge: {
    baseUrl: "Worker URL",
    baseUrlHint: "Where your worker answers; / if it serves this page.",
    token: "Caller token",
    tokenHint: "The worker's own: it holds the service's token, and this page never sees that one.",
  },
} as const;

const REFRESH = {
  token: "Refresh token",
  tokenHint: "Traded for an access token at this base URL. Kept in memory only.",
};

/** What the connection form asks for. */
export class ConnectionFields {
  readonly #form: HTMLFormElement;
  readonly #kinds: HTMLInputElement[];
  readonly #machines: HTMLInputElement;
  readonly #baseUrl: HTMLInputElement;
  readonly #secretType: HTMLSelectElement;
  readonly #token: HTMLInputElement;
  readonly #organization: HTMLInputElement;
  readonly #remember: HTMLInputElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    this.#kinds = [...form.querySelectorAll<HTMLInputElement>("input[name=kind]")];
    this.#machines = part(form, "simulated-machines", HTMLInputElement);
    this.#baseUrl = part(form, "base-url", HTMLInputElement);
    this.#secretType = part(form, "secret-type", HTMLSelectElement);
    this.#token = part(form, "token", HTMLInputElement);
    this.#organization = part(form, "organization", HTMLInputElement);
    this.#remember = part(form, "remember", HTMLInputElement);
    this.#baseUrl.value = OWN_ORIGIN;
    this.#token.value = DEMO_TOKEN;
    form.addEventListener("change", () => this.#refresh());
    this.#token.addEventListener("input", () => this.#showMissing(false));
    this.#refresh();
  }

  get remembers(): boolean {
    return this.#remember.checked;
  }

  set remembers(yes: boolean) {
    this.#remember.checked = yes;
  }

  /** An edge worker answers nobody without one. */
  get isTokenMissing(): boolean {
    return this.#kind === "edge" && this.#token.value.trim() === "";
  }

  /** Tells of a token that is missing, and says whether one is. */
  refuseEmpty(): boolean {
    const isMissing = this.isTokenMissing;
    this.#showMissing(isMissing);
    if (isMissing) this.#token.focus();
    return isMissing;
  }

  focus(): void {
    const goal = this.#kind === "simulator" ? this.#kinds.find(({ checked }) => checked) : this.#token;
    goal?.focus();
    this.#token.select();
  }

  write(target: Target): void {
    for (const choice of this.#kinds) choice.checked = choice.value === target.kind;
    if (target.kind === "simulator") this.#machines.value = String(target.machines);
    else {
      this.#baseUrl.value = target.baseUrl;
      const { secret } = target;
      this.#secretType.value = secret.type;
      this.#token.value = secret.type === "token" ? secret.token : secret.refreshToken;
      this.#organization.value = secret.type === "refresh" ? (secret.organization ?? "") : "";
    }
    this.#refresh();
  }

  read(): Target {
    const kind = this.#kind;
    if (kind === "simulator") {
      const machines = Math.round(Number(this.#machines.value));
      return { kind, machines: Math.min(50_000, Math.max(1, machines || 60)) };
    }
    return { kind, baseUrl: this.#baseUrl.value.trim(), secret: this.#secret() };
  }

  get #kind(): ConnectionKind {
    return (this.#kinds.find(({ checked }) => checked)?.value ?? "simulator") as ConnectionKind;
  }

  get #isRefresh(): boolean {
    return this.#kind === "service" && this.#secretType.value === "refresh";
  }

  #secret(): Secret {
    const token = this.#token.value.trim();
    if (!this.#isRefresh) return { type: "token", token };
    const organization = this.#organization.value.trim();
    return { type: "refresh", refreshToken: token, ...(organization && { organization }) };
  }

  #showMissing(isMissing: boolean): void {
    const error = part(this.#form, "token-error", HTMLElement);
    showText(error, isMissing ? "Enter the caller token: the worker answers nobody without one." : undefined);
    this.#token.setAttribute("aria-invalid", String(isMissing));
  }

  #refresh(): void {
    const kind = this.#kind;
    this.#showMissing(false);
    part(this.#form, "simulator-fields", HTMLElement).hidden = kind !== "simulator";
    part(this.#form, "remote-fields", HTMLElement).hidden = kind === "simulator";
    if (kind === "simulator") return;
    const words = { ...WORDS[kind], ...(this.#isRefresh && REFRESH) };
    setText(part(this.#form, "base-url-label", HTMLElement), words.baseUrl);
    setText(part(this.#form, "base-url-hint", HTMLElement), words.baseUrlHint);
    setText(part(this.#form, "token-label", HTMLElement), words.token);
    setText(part(this.#form, "token-hint", HTMLElement), words.tokenHint);
    part(this.#form, "secret-field", HTMLElement).hidden = kind === "edge";
    part(this.#form, "organization-field", HTMLElement).hidden = !this.#isRefresh;
  }
}
