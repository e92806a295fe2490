// What every entry exports.
import { MachineIterator, SnapshotClient, SnapshotOperation, TrackerIterator } from "./core.js";
import { SnapshotError } from "./error.js";

// An iterator is its own iterable, and only JavaScript can return `this`.
for (const { prototype } of [MachineIterator, TrackerIterator]) {
  prototype[Symbol.asyncIterator] = function () {
    return this;
  };
}

export { SnapshotClient, SnapshotError, SnapshotOperation };
