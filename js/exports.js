// What every entry exports.
import { Reader, SnapshotClient, SnapshotFleet, SnapshotOperation } from "./core.js";
import { SnapshotError } from "./error.js";

// An iterator is its own iterable, and only JavaScript can return `this`.
Reader.prototype[Symbol.asyncIterator] = function () {
  return this;
};

export { SnapshotClient, SnapshotError, SnapshotFleet, SnapshotOperation };
