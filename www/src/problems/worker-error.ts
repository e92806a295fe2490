import type { ProblemCode } from "../../../edge/src/api.ts";
import type { Problem } from "./problem.ts";

/** What the worker says of a call for fleets; or, in the page's words, that it says nothing that can be read. */
export interface WorkerAnswer {
  code: ProblemCode | "no_answer" | "unreadable";
  title: string;
  /** In the worker's own words. */
  detail?: string | undefined;
  /** How long it asks to be left alone. */
  retryAfterMs?: number | undefined;
}

/** A call for fleets that an edge worker refused, or did not answer. */
export class WorkerError extends Error {
  readonly code: WorkerAnswer["code"];
  readonly title: string;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor({ code, title, detail, retryAfterMs }: WorkerAnswer) {
    super(title);
    this.code = code;
    this.title = title;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
  }

  /** Whether the same call may have another answer by itself, in a while. */
  get isPassing(): boolean {
    return !FINAL.has(this.code);
  }

  /** Whether what it asked for may have been done nevertheless. */
  get isUnclear(): boolean {
    return UNCLEAR.has(this.code);
  }
}

const UNCLEAR: ReadonlySet<WorkerAnswer["code"]> = new Set([
  "no_answer",
  "unreadable",
  "internal",
  "service_unreachable",
  "service_timeout",
]);
const FINAL: ReadonlySet<WorkerAnswer["code"]> = new Set([
  "unauthorized",
  "forbidden",
  "foreign_origin",
  "insecure",
  "not_found",
  "invalid_input",
]);

/** No answer: it is offline, or cut, or does not allow this page. */
export function noAnswer(): WorkerError {
  return new WorkerError({
    code: "no_answer",
    title: navigator.onLine ? "The worker does not answer" : "This computer is offline",
  });
}

export function unreadable(): WorkerError {
  return new WorkerError({ code: "unreadable", title: "The answer is not one of an edge worker's" });
}

/** What an answer that is no success says, of the worker or of what stands before it. */
export async function refusal(response: Response): Promise<WorkerError> {
  const body: unknown = await response.json().catch(() => undefined);
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  const retryAfterMs = Number.isFinite(seconds) ? seconds * 1000 : undefined;
  const answer = isProblem(body) ? body : plain(response.status);
  return answer ? new WorkerError({ ...answer, retryAfterMs }) : unreadable();
}

/** What a status alone says. */
function plain(status: number): WorkerAnswer | undefined {
  if (status === 401) return { code: "unauthorized", title: "The caller token is not accepted" };
  if (status === 403) return { code: "forbidden", title: "The caller may not do this" };
  if (status === 429) return { code: "rate_limited", title: "Too many requests" };
  if (status >= 500) return { code: "internal", title: `The worker failed (HTTP ${status})` };
  return undefined;
}

/** What a person can do about it. `begins`: the call was to begin a fleet. */
export function workerProblem({ code, title, detail }: WorkerError, begins: boolean): Problem {
  return {
    title,
    detail: detail && `The worker says: “${detail}”`,
    next: adviceOf(code, begins),
  };
}

function adviceOf(code: WorkerAnswer["code"], begins: boolean): string {
  const nothing = begins ? "Nothing was begun. " : "";
  switch (code) {
    case "unauthorized":
      return `${nothing}Enter a caller token that is valid now under the connection at the top.`;
    case "forbidden":
      return `${nothing}Connect with the token of a caller that has the role operate.`;
    case "foreign_origin":
      return `${nothing}Ask whoever runs the worker to list this page's origin.`;
    case "insecure":
      return `${nothing}Connect to the worker by https, with another caller token: this one has been sent in clear.`;
    case "not_found":
      return "The worker keeps a fleet for some time after its end, and no longer.";
    case "too_many_machines":
      return `${nothing}Choose fewer machines, or run it in this tab.`;
    case "rate_limited":
      return `${nothing}Wait a little, then try again.`;
    case "conflict":
      return "Something else has changed it meanwhile; it is shown as it is now.";
    case "not_configured":
    case "service_refused":
      return `${nothing}Tell whoever runs the worker.`;
    case "unreadable":
      return "Check the worker's URL: something else may have answered in its place.";
    case "no_answer":
    case "internal":
    case "service_unreachable":
    case "service_timeout":
      return begins
        ? "Whether it was begun is not known. Start it again when the worker answers: the worker takes the same start once only."
        : "Wait a little, then try again. What runs on the worker goes on there.";
    default:
      return `${nothing}Correct it, then try again.`;
  }
}

function isProblem(body: unknown): body is WorkerAnswer {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "title" in body &&
    typeof body.title === "string" &&
    (!("detail" in body) || typeof body.detail === "string")
  );
}
