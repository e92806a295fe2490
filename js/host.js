// What the language does better than bindings to it: both are on the way of every call.

/** A promise, and what settles it. */
export class Deferred {
  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }
}

/** A property; undefined where there is none, or where reading it throws. */
export function property(object, name) {
  try {
    return object?.[name];
  } catch {
    return undefined;
  }
}
