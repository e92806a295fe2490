import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What went wrong, for programs to decide on. */
export type ProblemCode =
  | "not_configured"
  | "insecure"
  | "unauthorized"
  | "forbidden"
  | "foreign_origin"
  | "not_found"
  | "invalid_input"
  | "too_many_machines"
  | "key_reused"
  | "conflict"
  | "body_too_large"
  | "unsupported_media_type"
  | "rate_limited"
  | "service_refused"
  | "service_unreachable"
  | "service_timeout"
  | "internal";

const PROBLEMS: Record<ProblemCode, [status: ContentfulStatusCode, title: string]> = {
  not_configured: [503, "The worker is not configured"],
  insecure: [403, "The connection is not encrypted"],
  unauthorized: [401, "A caller token is needed"],
  forbidden: [403, "The caller may not do this"],
  foreign_origin: [403, "This origin is not listed"],
  not_found: [404, "There is nothing here"],
  invalid_input: [400, "The request is not right"],
  too_many_machines: [400, "Too many machines for one fleet"],
  key_reused: [422, "The idempotency key belongs to another request"],
  conflict: [409, "This cannot be done now"],
  body_too_large: [413, "The body is too large"],
  unsupported_media_type: [415, "The body must be JSON"],
  rate_limited: [429, "Too many requests"],
  service_refused: [403, "The service refuses the worker's own token"],
  service_unreachable: [502, "The service gave no answer"],
  service_timeout: [504, "The service took too long"],
  internal: [500, "The worker failed"],
};

/** A problem as one object tells it another: an error that crosses is not the same one there. */
export interface ToldProblem {
  code: ProblemCode;
  detail: string;
  headers: Record<string, string>;
}

/** A request that is refused, or failed. Its text is for the caller: no secret may be in it. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly headers: Record<string, string>;
  readonly status: ContentfulStatusCode;

  constructor(
    code: ProblemCode,
    detail: string,
    { headers = {}, status }: { headers?: Record<string, string>; status?: ContentfulStatusCode } = {},
  ) {
    super(detail);
    this.code = code;
    this.headers = headers;
    this.status = status ?? PROBLEMS[code][0];
  }

  static of({ code, detail, headers }: ToldProblem): Problem {
    return new Problem(code, detail, { headers });
  }

  /**
   * Problem details (RFC 9457). `message` and `statusCode` say the same in the words of the service's own errors, so that
   * a client of the service reads them too.
   */
  response(): Response {
    const { code, status, message } = this;
    const body = {
      type: `urn:vra-snapshots:problem:${code}`,
      title: PROBLEMS[code][1],
      status,
      detail: message,
      code,
      message,
      statusCode: status,
    };
    return Response.json(body, {
      status,
      headers: { ...this.headers, "content-type": "application/problem+json", "cache-control": "no-store" },
    });
  }
}
