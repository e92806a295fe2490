import { Problem, type ToldProblem } from "./problem.ts";

/** What an object answers another. */
export type Answer<T> = { value: T } | { problem: ToldProblem };

/** In the object: a problem is an answer, anything else fails the call. */
export async function answered<T>(make: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await make() };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, headers } = error;
    return { problem: { code, detail: message, headers } };
  }
}

/** Where it was asked. @throws Problem */
export function unwrapped<T>(answer: Answer<T>): T {
  if ("problem" in answer) throw Problem.of(answer.problem);
  return answer.value;
}
