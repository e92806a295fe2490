import { DurableObject } from "cloudflare:workers";
import { SnapshotClient, SnapshotError } from "vra-snapshots";
import { configOf } from "../config.ts";
import { type Env, objectOf } from "../env.ts";

/** An access token, or why there is none. */
export type TokenAnswer = { token: string } | { refused: boolean; message: string };

const KEY = "token";

/**
 * The service's access token: one for the whole worker, renewed once however many requests wait for it. An object that
 * has slept finds it in its storage, sealed with a key that is made of the refresh token: the storage alone gives nothing.
 */
export class ServiceTokens extends DurableObject<Env> {
  readonly #holder: SnapshotClient;
  readonly #seal: Promise<CryptoKey>;
  /** The newest one; resolved once the storage has been read. */
  #newest: Promise<string | undefined>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const { serviceUrl, refreshToken, organization, client } = configOf(env);
    const auth = { refreshToken, ...(organization !== undefined && { organization }) };
    this.#holder = new SnapshotClient({ ...client, baseUrl: serviceUrl, auth });
    this.#seal = sealOf(`${serviceUrl}\n${organization ?? ""}\n${refreshToken}`);
    this.#newest = this.#stored();
  }

  /** The token in use; `stale` is one that the service has refused. */
  async token(stale?: string): Promise<TokenAnswer> {
    const newest = await this.#newest;
    if (newest !== undefined && newest !== stale) return { token: newest };
    try {
      const token = await this.#holder.accessToken(stale);
      if (token !== (await this.#newest)) {
        this.#newest = Promise.resolve(token);
        await this.#store(token);
      }
      return { token };
    } catch (error) {
      if (!(error instanceof SnapshotError)) throw error;
      return { refused: error.code === "unauthorized", message: error.message };
    }
  }

  async #stored(): Promise<string | undefined> {
    const sealed = this.ctx.storage.kv.get<{ iv: Uint8Array; data: ArrayBuffer }>(KEY);
    if (!sealed) return undefined;
    try {
      const data = await crypto.subtle.decrypt(
        { name: "AES-GCM", iv: sealed.iv },
        await this.#seal,
        sealed.data,
      );
      return new TextDecoder().decode(data);
    } catch {
      // Of another refresh token, or of another service: it is no longer wanted.
      return undefined;
    }
  }

  async #store(token: string): Promise<void> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const data = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv },
      await this.#seal,
      new TextEncoder().encode(token),
    );
    this.ctx.storage.kv.put(KEY, { iv, data });
  }
}

async function sealOf(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret);
  const material = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("vra-snapshots access token");
  return crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info },
    material,
    { name: "AES-GCM", length: 256 },
    false,
    ["encrypt", "decrypt"],
  );
}

/** The one object that holds the token. */
export function tokensOf(env: Env): DurableObjectStub<ServiceTokens> {
  return objectOf<ServiceTokens>(env.TOKENS, "service");
}

/** As a client's `auth`. */
export function authOf(env: Env): (stale?: string) => Promise<string> {
  return async (stale) => {
    const answer = await tokensOf(env).token(stale);
    if ("token" in answer) return answer.token;
    throw new Error(answer.message);
  };
}
