/** The tokens of callers that tests have. */
export const OPERATOR: string;
export const READER: string;

/** As `CALLERS` names a token. */
export function hash(token: string): string;

/** What a worker of the tests is told, but for what `more` says. */
export function vars(serviceUrl: string, more?: Record<string, string>): Record<string, string>;

export interface RunningWorker {
  /** Without a slash at its end. */
  url: string;
  /** By SIGKILL, as a machine that loses power. */
  kill(): Promise<void>;
}

/** Starts the worker in workerd. `storage`: the folder of what its objects store; without one it is lost. */
export function start(options: {
  vars: Record<string, string>;
  storage?: string;
  port?: number;
}): Promise<RunningWorker>;
