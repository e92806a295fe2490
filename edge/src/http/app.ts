import type { Env } from "../env.ts";
import type { Caller } from "./callers.ts";

/** What every route has. */
export interface App {
  Bindings: Env;
  Variables: { caller: Caller };
}
