import type { Simulator, SimulatorOptions } from "vra-snapshots/simulator";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** 0, the default, takes any port that is free. */
  port?: number;
  options?: SimulatorOptions;
  /** A folder whose files are served beside the service. */
  staticDir?: string;
}

/**
 * Serves a simulator on `127.0.0.1`.
 *
 * @throws if the port is in use, or an option of the simulator is wrong.
 */
export function serve(options?: ServeOptions): Promise<{
  /** Without a slash at its end. */
  url: string;
  simulator: Simulator;
  /** Ends open connections too. */
  close(): Promise<void>;
}>;
