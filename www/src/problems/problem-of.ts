import { SnapshotError } from "vra-snapshots";
import type { Doing, Problem } from "./problem.ts";
import { WorkerError, workerProblem } from "./worker-error.ts";

export function problemOf(error: unknown, doing: Doing): Problem {
  if (error instanceof WorkerError) return workerProblem(error, doing === "submit");
  if (!(error instanceof SnapshotError)) {
    return {
      title: "Something went wrong in this page",
      detail: error instanceof Error ? error.message : String(error),
      next: "Reload the page. If it happens again, report it with this message.",
    };
  }
  const theirs = serviceWords(error);
  return {
    title: titleOf(error, doing),
    detail: theirs ? `The service says: “${theirs}”` : undefined,
    next: nextOf(error, doing),
    technical: theirs ? undefined : error.message,
    reference: error.service?.serverErrorId === undefined ? undefined : String(error.service.serverErrorId),
  };
}

/** What the service itself says, if it does so where its description has it; its body may have members of any type. */
export function serviceWords({ service, tracker }: SnapshotError): string | undefined {
  const told: unknown = service?.message ?? tracker?.message;
  return typeof told === "string" ? told : undefined;
}

function titleOf(error: SnapshotError, doing: Doing): string {
  switch (error.code) {
    case "invalid_input":
      return doing === "connect" ? "This cannot be connected to" : "The request is not right as it stands";
    case "unauthorized":
      return error.status === undefined
        ? "There is no token to send"
        : "The service does not accept the token";
    case "forbidden":
      return doing === "submit" ? "You may not take snapshots of this machine" : "You may not do this";
    case "not_found":
      return doing === "submit"
        ? "The service no longer has this machine"
        : "The service has nothing at this address";
    case "conflict":
      return "The machine is busy with something else";
    case "rate_limited":
      return "The service asks to slow down";
    case "service_error":
      return error.status === undefined ? "The service failed" : `The service failed (HTTP ${error.status})`;
    case "network":
      return navigator.onLine ? "The service does not answer" : "This computer is offline";
    case "timeout":
      return doing === "watch" ? "The wait reached its time limit" : "The service took too long to answer";
    case "unexpected_response":
      return "The answer is not one of this service's";
    case "body_too_large":
      return "The answer is too long to read";
    case "operation_failed":
      return "The service could not make the snapshot";
    case "outcome_unknown":
      return "It is not known whether the snapshot was begun";
    case "ambiguous_result":
      return error.candidates?.length
        ? "Finished, but more than one snapshot could be this one"
        : "Finished, but the service does not list its snapshot";
  }
}

function nextOf(error: SnapshotError, doing: Doing): string {
  const advice = adviceOf(error, doing);
  // Of all that a submit can end in, only this one leaves open whether anything was begun.
  if (isAsking(doing) && error.code !== "outcome_unknown") return `Nothing was begun. ${advice}`;
  if (doing === "watch" && stillGoesOn(error)) return `The request goes on at the service. ${advice}`;
  return advice;
}

function adviceOf(error: SnapshotError, doing: Doing): string {
  const again = doing === "submit" ? "submit again" : doing === "watch" ? "watch again" : "try again";
  switch (error.code) {
    case "invalid_input":
      return doing === "connect"
        ? "Correct the connection, then connect again."
        : `Correct it, then ${again}.`;
    case "unauthorized":
      return `Enter a token that is valid now under the connection at the top, then ${again}.`;
    case "forbidden":
      return "Ask an administrator of its project for a role that may run actions on its machines.";
    case "not_found":
      return doing === "submit"
        ? "Reload the machine list: the machine may have been removed or moved to another project."
        : "Check the base URL.";
    case "conflict":
      return `The service runs one operation at a time on a machine. When the other is over, ${again}.`;
    case "rate_limited":
      return `Wait a minute, then ${again}.`;
    case "network":
      if (!navigator.onLine) return `When it is back online, ${again}.`;
      return `Check the network and the base URL, then ${again}.`;
    case "timeout":
      return doing === "watch" ? "Watch again to see how it ends." : `Wait a little, then ${again}.`;
    case "unexpected_response":
      return "Check the base URL: a proxy or a sign-in page may have answered in the service's place.";
    case "service_error":
    case "body_too_large":
      return `Wait a little, then ${again}. If it stays so, tell whoever runs the service.`;
    case "operation_failed":
      return "Remove the cause it names, then submit again.";
    case "outcome_unknown":
      return "It may have been made, or be under way. Do not submit again: check the machine's snapshots first.";
    case "ambiguous_result":
      return error.candidates?.length
        ? "Look at these before you take another; one of them is yours."
        : "Check the machine's snapshots before you take another.";
  }
}

/** Whether something was to be begun. */
function isAsking(doing: Doing): boolean {
  return doing === "submit" || doing === "act";
}

function stillGoesOn(error: SnapshotError): boolean {
  return !["operation_failed", "outcome_unknown", "ambiguous_result"].includes(error.code);
}
