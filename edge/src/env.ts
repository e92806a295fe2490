/** What the platform gives: README.md says what each is. A text that is not set is no member. */
export interface Env {
  SERVICE_URL?: string;
  REFRESH_TOKEN?: string;
  ORGANIZATION?: string;
  CALLERS?: string;
  ALLOWED_ORIGINS?: string;
  CLIENT?: string;
  RETENTION_DAYS?: string;
  FLEETS: DurableObjectNamespace;
  DIRECTORY: DurableObjectNamespace;
  TOKENS: DurableObjectNamespace;
  RATE: RateLimit;
}

/**
 * The object of this name. `Env` does not name the classes of the objects, because they import `Env`: the caller says which class
 * it expects.
 */
export function objectOf<T extends Rpc.DurableObjectBranded>(
  objects: DurableObjectNamespace,
  name: string,
): DurableObjectStub<T> {
  return objects.get(objects.idFromName(name)) as unknown as DurableObjectStub<T>;
}
