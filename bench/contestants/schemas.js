// The bodies in zod. Open objects: a service adds fields, and links that are no links.
import { z } from "zod";

const text = z.string();

const Tracker = z.looseObject({
  id: text,
  selfLink: text,
  progress: z.number(),
  status: text,
  name: text.optional(),
  message: text.optional(),
  deploymentId: text.optional(),
  resources: z.array(text).optional(),
});

const Snapshots = z.array(
  z.looseObject({
    id: text,
    _links: z.record(text, z.unknown()),
    name: text.optional(),
    description: text.optional(),
    isCurrent: z.boolean().optional(),
    owner: text.optional(),
    ownerType: text.optional(),
    orgId: text.optional(),
    createdAt: text.optional(),
    updatedAt: text.optional(),
  }),
);

/** The same calls, each with what comes checked. */
export function validated({ submit, getTracker, listSnapshots }) {
  return {
    submit: async (machineId, specification) => Tracker.parse(await submit(machineId, specification)),
    getTracker: async (id) => Tracker.parse(await getTracker(id)),
    listSnapshots: async (machineId) => Snapshots.parse(await listSnapshots(machineId)),
  };
}
