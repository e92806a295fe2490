// One state has one owner. The browser ends a lock with the tab that holds it, however the tab ends.

/** A lock that this tab holds. */
export interface HeldLock {
  release(): void;
  /** Resolves when the browser has taken the lock away, which it does only where another page steals it. */
  readonly lost: Promise<void>;
}

/** The lock on a state's id, or `undefined` if another tab has it. */
export function tryLock(id: string): Promise<HeldLock | undefined> {
  return request(id, { ifAvailable: true });
}

/** The lock on a state's id, once no other tab has it. Rejects when the signal aborts. */
export async function waitForLock(id: string, signal: AbortSignal): Promise<HeldLock> {
  const lock = await request(id, { signal });
  if (!lock) throw new Error("a lock that was waited for is given");
  return lock;
}

function request(id: string, options: LockOptions): Promise<HeldLock | undefined> {
  return new Promise((resolve, reject) => {
    let isHeld = false;
    let lose = () => {};
    const held = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) {
        resolve(undefined);
        return undefined;
      }
      isHeld = true;
      const lost = new Promise<void>((isLost) => {
        lose = isLost;
      });
      return new Promise((release) => resolve({ release, lost }));
    };
    // Locks are for secure contexts; the page does not start elsewhere.
    navigator.locks.request(`vra-snapshots:${id}`, options, held).catch((reason) => {
      if (isHeld) lose();
      else reject(reason);
    });
  });
}
