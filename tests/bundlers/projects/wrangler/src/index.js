import { SnapshotClient, SnapshotError } from "vra-snapshots";
import { makeSnapshot } from "../../app.js";

export default {
  async fetch(_request, { SERVICE }) {
    return Response.json(await makeSnapshot({ SnapshotClient, SnapshotError }, { baseUrl: SERVICE }));
  },
};
