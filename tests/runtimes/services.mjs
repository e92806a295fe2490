// What a run of the suite talks to over HTTP: a simulated service with the files of the suite beside it, and those of the table of
// faults, each on a port of its own. They are of the run's own, and all of one process, which has compiled them after the first.
import { dirname } from "node:path";
import { serve } from "../../simulator/serve.mjs";
import { optionsOf, SERVICES } from "./suite/faults-table.mjs";

/** Starts them; gives their URLs, those of the table by name. */
export async function startServices(folder) {
  const server = await serve({ options: { speed: 100 }, staticDir: dirname(folder) });
  const servers = await Promise.all(
    Object.keys(SERVICES).map(async (name) => [
      name,
      await serve({ options: optionsOf(name), control: true }),
    ]),
  );
  return {
    url: server.url,
    services: Object.fromEntries(servers.map(([name, { url }]) => [name, url])),
    close: () => Promise.all([server, ...servers.map(([, one]) => one)].map((one) => one.close())),
  };
}
