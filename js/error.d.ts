import type { OperationState, RequestTracker, ServiceErrorResponse, Snapshot } from "./index.js";

/**
 * What went wrong, for programs to decide on:
 * - `invalid_input`: an argument or option; nothing was sent. The message names the field and says what would be right.
 * - `unauthorized`: the token was refused, again after it was renewed (401), or none could be had.
 * - `forbidden`: the user may not do this (403).
 * - `not_found`: there is no such machine, snapshot or tracker (404). A gateway's 404 for want of a handler is a `service_error`.
 * - `conflict`: something else is under way on the machine (409).
 * - `rate_limited`: the service asks to slow down, and went on asking (429).
 * - `service_error`: the service failed (5xx), or refused in a way without a code of its own (other 4xx).
 * - `network`: no answer came.
 * - `timeout`: an attempt or a wait took too long. Of a wait, `state` is where to take it up again.
 * - `unexpected_response`: the answer cannot be read: not JSON, cut, or without what must be in it; or a redirect; or the
 *   pages of a list do not make a complete list.
 * - `body_too_large`: the answer is longer than `maxBodyBytes`.
 * - `operation_failed`: the service tried and failed; `tracker` has the reason.
 * - `outcome_unknown`: a request that must not be repeated was sent and no readable answer came. `state` is where to look again.
 * - `ambiguous_result`: the operation finished and it cannot be told which snapshot is its own, or which snapshots a prune
 *   may delete; see `candidates`.
 */
export type SnapshotErrorCode =
  | "invalid_input"
  | "unauthorized"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "rate_limited"
  | "service_error"
  | "network"
  | "timeout"
  | "unexpected_response"
  | "body_too_large"
  | "operation_failed"
  | "outcome_unknown"
  | "ambiguous_result";

/**
 * The one error class of the package. No secret of the client is in it: where the service or a proxy repeats one, `***` stands
 * in its place.
 */
export class SnapshotError extends Error {
  private constructor();
  /** The name of the class. */
  readonly name: "SnapshotError";
  /** What went wrong, for programs to decide on. */
  readonly code: SnapshotErrorCode;
  /** Whether the same call, as it is, may be made again and may then succeed. */
  readonly retryable: boolean;
  /** The HTTP status, where one was read. */
  readonly status?: number;
  /** The service's own error body as it came, with `***` in place of secrets; absent if the body is no JSON object. */
  readonly service?: ServiceErrorResponse;
  /** The request tracker of a failed operation. */
  readonly tracker?: RequestTracker;
  /** The snapshots of an ambiguous result. */
  readonly candidates?: Snapshot[];
  /** Where the operation can be taken up again. */
  readonly state?: OperationState;
}
