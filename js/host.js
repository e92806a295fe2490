// What the language does better than bindings to it.

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

/** What an iterable object gives; undefined where it is none, or throws. */
export function listed(value) {
  try {
    return typeof value === "object" ? [...value] : undefined;
  } catch {
    return undefined;
  }
}
