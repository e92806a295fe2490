// The simulated services of the table of faults, each on a port of its own.
import { serve } from "../../simulator/serve.mjs";
import { optionsOf, SERVICES } from "./suite/faults-table.mjs";

/** Starts them; gives their URLs by name. */
export async function startServices() {
  const servers = await Promise.all(
    Object.keys(SERVICES).map(async (name) => [
      name,
      await serve({ options: optionsOf(name), control: true }),
    ]),
  );
  return {
    services: Object.fromEntries(servers.map(([name, { url }]) => [name, url])),
    close: () => Promise.all(servers.map(([, server]) => server.close())),
  };
}
