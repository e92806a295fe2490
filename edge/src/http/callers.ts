import { isObject, otherThan, parsed } from "./json.ts";
import { Problem } from "./problem.ts";

/** `read` sees machines, snapshots and fleets; `operate` changes them too. */
export type Role = "read" | "operate";

/** Who may call. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  /** Of the token. */
  readonly hash: Uint8Array;
}

const SHAPE = 'must be as in [{ "name": "console", "role": "operate", "sha256": "<64 hex digits>" }]';

/**
 * Reads `CALLERS`. Tokens are random and long, so that a plain hash keeps them: there is nothing to guess.
 *
 * @throws Error that says what is wrong, without a hash.
 */
export function callersOf(text: string): Caller[] {
  const list = parsed(text);
  if (!Array.isArray(list) || list.length === 0) throw new Error(SHAPE);
  const callers = list.map(callerOf);
  for (const [index, { name }] of callers.entries())
    if (callers.findIndex((caller) => caller.name === name) !== index) throw new Error(`names ${name} twice`);
  return callers;
}

function callerOf(entry: unknown): Caller {
  if (!isObject(entry) || otherThan(["name", "role", "sha256"], entry)) throw new Error(SHAPE);
  const { name, role, sha256 } = entry;
  const isRight =
    typeof name === "string" &&
    /^[\w.@-]{1,64}$/.test(name) &&
    (role === "read" || role === "operate") &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/i.test(sha256);
  if (!isRight) throw new Error(SHAPE);
  const hash = Uint8Array.from(sha256.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return { name, role, hash };
}

/**
 * Whose token it is. All hashes are compared, each in constant time: how long it takes says nothing.
 *
 * @throws Problem `unauthorized`
 */
export async function authenticate(
  callers: readonly Caller[],
  authorization: string | undefined,
): Promise<Caller> {
  const token = /^bearer +([\x21-\x7e]{1,512})$/i.exec(authorization ?? "")?.[1];
  const headers = { "www-authenticate": 'Bearer realm="vra-snapshots"' };
  if (token === undefined)
    throw new Problem("unauthorized", "Send the caller token as `Authorization: Bearer <token>`.", {
      headers,
    });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token)));
  let found: Caller | undefined;
  for (const caller of callers) if (crypto.subtle.timingSafeEqual(caller.hash, hash)) found = caller;
  if (!found) throw new Problem("unauthorized", "No caller has this token.", { headers });
  return found;
}

/** @throws Problem `forbidden` */
export function authorise(caller: Caller, role: Role): void {
  if (role === "operate" && caller.role !== "operate")
    throw new Problem(
      "forbidden",
      `${caller.name} may read only: this needs a caller with the role operate.`,
    );
}
