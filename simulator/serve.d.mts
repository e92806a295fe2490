import type { Simulator, SimulatorOptions } from "vra-snapshots/simulator";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** 0, the default, takes any port that is free. */
  port?: number;
  options?: SimulatorOptions;
  /** A folder whose files are served beside the service. */
  staticDir?: string;
  /** Headers of the answers with those files, such as a policy. */
  staticHeaders?: Record<string, string>;
  /**
   * Whether `/simulator/` is open, to whoever can reach the port and without a token: faults, what others do, what
   * has happened. Default: `false`.
   */
  control?: boolean;
  /**
   * Whether a connection serves more than one request. Browsers send a request again, a POST too, if the connection
   * had served another one before and is then cut. Default: `true`, and `false` with `control`.
   */
  keepAlive?: boolean;
  /**
   * Whether a request tells the service's time, by the header `x-simulated-now`, in milliseconds since 1970: for whoever
   * calls from virtual time. Without it the time is real; time never goes back. Default: `false`.
   */
  toldTime?: boolean;
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
  /** Ends open connections and refuses new ones. */
  offline(): Promise<void>;
  /** Takes connections again, on the same port. */
  online(): Promise<void>;
  /** Ends open connections too. */
  close(): Promise<void>;
}>;
