// One runtime, in a process of its own and with services of its own: what it does to them no other sees.
import { dirname } from "node:path";
import { serve } from "../../simulator/serve.mjs";
import { HOSTS } from "./hosts.mjs";
import { startServices } from "./services.mjs";

// What it has started ends with it.
process.once("SIGTERM", () => process.exit(1));
const [name, folder] = process.argv.slice(2);
const stallMs = Number(process.env.SUITE_STALL_MS ?? 0);
const server = await serve({ options: { speed: 100 }, staticDir: dirname(folder) });
const { services, close } = await startServices();
try {
  process.send(await HOSTS[name](folder, { url: server.url, services, stallMs }));
} finally {
  await Promise.all([server.close(), close()]);
  process.disconnect();
}
