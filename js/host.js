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

/** So much of a thrown value is looked through; what is larger counts as repeating a secret. */
const MOST_VALUES = 1000;

/** Whether a thrown value holds a text that `mask` changes, in whatever it can be printed from. */
export function repeats(value, mask) {
  const seen = new Set();
  const left = [value];
  while (left.length > 0) {
    const next = left.pop();
    if (typeof next === "string") {
      if (mask(next) !== next) return true;
    } else if (next !== null && ["object", "function"].includes(typeof next) && !seen.has(next)) {
      if (seen.add(next).size > MOST_VALUES) return true;
      left.push(...partsOf(next));
    }
  }
  return false;
}

/** The names and values of an object's properties, and what it lists: headers have no properties of their own. */
function partsOf(object) {
  const parts = [property(object, "message"), property(object, "stack"), property(object, "cause")];
  try {
    for (const name of Object.getOwnPropertyNames(object).slice(0, MOST_VALUES))
      parts.push(name, property(object, name));
    if (typeof object.entries === "function" && typeof object.get === "function")
      parts.push(...object.entries());
  } catch {
    // What cannot be listed cannot be printed.
  }
  return parts;
}
