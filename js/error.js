/**
 * The one error class of the package. It lives in JavaScript so that it is a real subclass of `Error`, the same one
 * whichever entry is imported.
 */
export class SnapshotError extends Error {
  constructor(fields) {
    const { message, cause, ...own } = fields;
    super(message, cause === undefined ? undefined : { cause });
    Object.assign(this, own);
  }
}

// On the prototype, as the built-in errors have it: not in every log line.
Object.defineProperty(SnapshotError.prototype, "name", {
  value: "SnapshotError",
  configurable: true,
  writable: true,
});
