// One runtime's run of the suite, in a process of its own: `node run.mjs NAME FOLDER`. The matrix starts it, tells it what the
// suite is told, and is told the results.
import { once } from "node:events";
import { HOSTS } from "./hosts.mjs";

// What it has started ends with it.
process.once("SIGTERM", () => process.exit(1));
const [name, folder] = process.argv.slice(2);
const [given] = await once(process, "message");
try {
  process.send(await HOSTS[name](folder, given));
} finally {
  process.disconnect();
}
