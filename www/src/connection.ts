import { SnapshotClient } from "vra-snapshots";

/** The origin the page came from. */
export const OWN_ORIGIN = "/";

/** What the built-in simulator accepts; it opens nothing else. */
export const DEMO_TOKEN = "simulated-token";

export interface Connection {
  readonly baseUrl: string;
  readonly client: SnapshotClient;
}

/**
 * What the page is connected to, and was. Every connection has a client of its own, so that its token counts at once.
 * Operations go on with the client that began them: when their token is refused they are given the newest one that
 * was entered for the same base URL. No other base URL ever sees it.
 */
export class Connections {
  readonly #tokens = new Map<string, string>();

  /** @throws SnapshotError `invalid_input` if the base URL is none. */
  to(baseUrl: string, token: string): Connection {
    const auth = () => this.#tokens.get(baseUrl) ?? token;
    // Without a token none is sent: a proxy may add it.
    const client = new SnapshotClient({ baseUrl, ...(token && { auth }) });
    this.#tokens.set(baseUrl, token);
    return { baseUrl, client };
  }
}
