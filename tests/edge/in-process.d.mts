/** Starts workerd with the worker in it, as a child of this process. Gives where it is reached, and `stop()`. */
export function startHere(told: {
  /** What `build` of worker.mjs gives. */
  options: object;
  vars: Record<string, string>;
  storage?: string;
  port?: number;
}): Promise<{ url: string; stop(): Promise<void> }>;
