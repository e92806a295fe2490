import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { FleetMachine, FleetOptions, SnapshotSpecification } from "vra-snapshots";
import type { FleetReport, FleetSummary, MachineView } from "../../../edge/src/api.ts";
import { noAnswer, refusal, unreadable, WorkerError } from "../problems/worker-error.ts";

const TIMEOUT_MS = 30_000;
/** The worker breathes every twenty seconds; one that says nothing for so long is no longer there. */
const SILENCE_MS = 60_000;

/** What a fleet is to do. */
export interface FleetOrder {
  title: string;
  machines: readonly FleetMachine[];
  specification: SnapshotSpecification;
  options: FleetOptions;
}

export interface FleetPage {
  content: FleetSummary[];
  /** What asks for the next page, if there may be one. */
  after?: string;
}

/** What is told of a fleet: how it is, and the machines that have changed. */
export interface FleetNews {
  fleet: FleetSummary;
  machines: MachineView[];
}

/** The fleets of an edge worker. Each call rejects with a {@link WorkerError}. */
export class WorkerApi {
  readonly #fleets: string;
  readonly #token: () => string;
  /** How many connections to it may be held: a browser opens six over HTTP/1.1, for all its tabs. */
  readonly mostStreams: number;

  constructor(baseUrl: string, token: () => string) {
    this.#fleets = `${baseUrl.replace(/\/+$/, "")}/fleets`;
    this.#token = token;
    this.mostStreams = new URL(this.#fleets, location.href).protocol === "https:" ? 8 : 2;
  }

  /** Begins a fleet; with the same key and order again it gives the one that there is. */
  async begin(order: FleetOrder, key: string): Promise<FleetSummary> {
    const headers = { "content-type": "application/json", "idempotency-key": key };
    return summaryOf(await this.#json("", { method: "POST", headers, body: JSON.stringify(order) }));
  }

  /** The newest first. */
  async list(after?: string): Promise<FleetPage> {
    const page = await this.#json(after === undefined ? "" : `?after=${encodeURIComponent(after)}`);
    if (!isObject(page) || !Array.isArray(page.content) || !page.content.every(isSummary)) throw unreadable();
    return { content: page.content, ...(typeof page.after === "string" && { after: page.after }) };
  }

  async report(id: string): Promise<FleetReport> {
    const report = await this.#json(`/${id}/report`);
    if (!isReport(report)) throw unreadable();
    return report;
  }

  async pause(id: string): Promise<FleetSummary> {
    return summaryOf(await this.#json(`/${id}/pause`, { method: "POST" }));
  }

  /** Goes on after a pause; one that rests tries again now. */
  async unpause(id: string): Promise<FleetSummary> {
    return summaryOf(await this.#json(`/${id}/unpause`, { method: "POST" }));
  }

  async retry(id: string, machines: readonly string[]): Promise<FleetSummary> {
    const headers = { "content-type": "application/json" };
    return summaryOf(
      await this.#json(`/${id}/retry`, { method: "POST", headers, body: JSON.stringify({ machines }) }),
    );
  }

  /**
   * What happens to a fleet from this revision on; without one all of it comes first. It ends with the fleet, the
   * connection or the signal. `onOpen` is told whether all there ever was is known, so that nothing comes.
   */
  async *events(
    id: string,
    since: number | undefined,
    { signal, onOpen }: { signal: AbortSignal; onOpen(isAll: boolean): void },
  ): AsyncGenerator<FleetNews> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    const headers = {
      accept: "text/event-stream",
      ...(since !== undefined && { "last-event-id": String(since) }),
    };
    let isOpen = false;
    try {
      const ends = AbortSignal.any([signal, silence.signal]);
      const response = await this.#fetch(`/${id}/events`, { headers, signal: ends });
      isOpen = true;
      onOpen(response.status === 204);
      if (!response.body) return;
      const told: EventSourceMessage[] = [];
      const parser = createParser({ onEvent: (event) => told.push(event) });
      const decoder = new TextDecoder();
      const reader = response.body.getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        parser.feed(decoder.decode(value, { stream: true }));
        for (const { data } of told.splice(0)) yield newsOf(data);
      }
    } catch (error) {
      // What is cut was heard until then.
      if (signal.aborted || (isOpen && !(error instanceof WorkerError))) return;
      throw error;
    } finally {
      clearTimeout(timer);
      silence.abort();
    }
  }

  async #json(path: string, call: Call = {}): Promise<unknown> {
    const response = await this.#fetch(path, { ...call, signal: AbortSignal.timeout(TIMEOUT_MS) });
    try {
      return await response.json();
    } catch (error) {
      throw error instanceof SyntaxError ? unreadable() : noAnswer();
    }
  }

  async #fetch(path: string, { headers, ...call }: Call): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.#fleets + path, {
        ...call,
        headers: { ...headers, authorization: `Bearer ${this.#token()}` },
        // The token is for this address, and for none that it may point to.
        redirect: "error",
        cache: "no-store",
        credentials: "omit",
      });
    } catch {
      throw noAnswer();
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

interface Call {
  method?: "POST";
  headers?: Record<string, string>;
  body?: string;
  signal?: AbortSignal;
}

function summaryOf(answer: unknown): FleetSummary {
  if (!isSummary(answer)) throw unreadable();
  return answer;
}

function newsOf(data: string): FleetNews {
  try {
    const news: unknown = JSON.parse(data);
    if (isObject(news) && isSummary(news.fleet) && Array.isArray(news.machines))
      return { fleet: news.fleet, machines: news.machines };
  } catch {}
  throw unreadable();
}

/** Whether it is a worker's at all; what is in it the worker answers for. */
function isSummary(value: unknown): value is FleetSummary {
  return (
    isObject(value) &&
    typeof value.id === "string" &&
    typeof value.standing === "string" &&
    typeof value.revision === "number" &&
    isObject(value.counts)
  );
}

function isReport(value: unknown): value is FleetReport {
  return isSummary(value) && "machines" in value && Array.isArray(value.machines);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
