import type { Snapshot } from "vra-snapshots";
import { copyOf, part, setText } from "../ui/dom.ts";
import { dateTime } from "../ui/format.ts";

/** A snapshot as the service gave it: its name, when it was created, its id. */
export function snapshotFacts(snapshot: Snapshot): HTMLElement {
  const element = copyOf("snapshot-facts", HTMLElement);
  setText(part(element, "name", HTMLElement), snapshot.name || "(without a name)");
  setText(
    part(element, "created", HTMLElement),
    snapshot.createdAt ? dateTime(snapshot.createdAt) : "not told",
  );
  setText(part(element, "id", HTMLElement), snapshot.id);
  return element;
}
