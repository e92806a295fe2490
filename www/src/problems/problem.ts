import { copyOf, part, setText, showText } from "../ui/dom.ts";

/** An error as a person can use it: what happened, in whose words, and what to do next. */
export interface Problem {
  title: string;
  detail?: string | undefined;
  next: string;
  /** What happened in the client's words, where the service has none of its own. */
  technical?: string | undefined;
  /** The service's own number for the failure, to quote to whoever runs it. */
  reference?: string | undefined;
}

/** What was being done when it happened; it changes what is true and what to do next. */
export type Doing = "connect" | "list" | "plan" | "submit" | "act" | "watch";

export function problemElement(problem: Problem): HTMLElement {
  const element = copyOf("problem", HTMLElement);
  setText(part(element, "title", HTMLElement), problem.title);
  showText(part(element, "detail", HTMLElement), problem.detail);
  setText(part(element, "next", HTMLElement), problem.next);
  showText(part(element, "technical", HTMLElement), problem.technical);
  part(element, "reference", HTMLElement).hidden = problem.reference === undefined;
  setText(part(element, "reference-id", HTMLElement), problem.reference ?? "");
  return element;
}
