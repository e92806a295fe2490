// The worker, with one call more: how many fleets of the library it holds in memory.
import { SnapshotClient, SnapshotFleet } from "vra-snapshots";
import worker from "../../edge/src/index.ts";

export * from "../../edge/src/index.ts";

let held = 0;
for (const name of ["createSnapshots", "resumeFleet"]) {
  const make = SnapshotClient.prototype[name];
  SnapshotClient.prototype[name] = function (...given) {
    const fleet = make.apply(this, given);
    held += 1;
    return fleet;
  };
}
const free = SnapshotFleet.prototype.free;
SnapshotFleet.prototype.free = function () {
  held -= 1;
  free.call(this);
};

export default {
  fetch: (request, ...more) =>
    new URL(request.url).pathname === "/held" ? Response.json(held) : worker.fetch(request, ...more),
};
