// One state has one owner. The browser ends a lock with the tab that holds it, however the tab ends.

/** Ends a lock. */
export type Release = () => void;

/** The lock on a state's id, or `undefined` if another tab has it. */
export function tryLock(id: string): Promise<Release | undefined> {
  return request(id, { ifAvailable: true });
}

/** The lock on a state's id, once no other tab has it. Rejects when the signal aborts. */
export async function waitForLock(id: string, signal: AbortSignal): Promise<Release> {
  const release = await request(id, { signal });
  if (!release) throw new Error("a lock that was waited for is given");
  return release;
}

function request(id: string, options: LockOptions): Promise<Release | undefined> {
  return new Promise((resolve, reject) => {
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) {
        resolve(undefined);
        return undefined;
      }
      return new Promise((release) => resolve(() => release()));
    };
    // Locks are for secure contexts; the page does not start elsewhere.
    navigator.locks.request(`vra-snapshots:${id}`, options, held).catch(reject);
  });
}
