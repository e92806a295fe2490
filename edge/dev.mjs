// The worker as `wrangler dev` runs it, in front of a simulated service, with the console: all on this machine.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { serve } from "../simulator/serve.mjs";

const HOST = "127.0.0.1";
const USAGE = `npm run edge -- [options]
  --port N      the worker's port (8787)
  --speed N     how many times faster than a real service the simulated one is (1)
  --machines N  how many machines it has (60)
  --help        prints this`;

async function main() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: { port: text, speed: text, machines: text, help: { type: "boolean" } },
  });
  if (values.help) return console.log(USAGE);
  const { port = "8787", speed = "1", machines = "60" } = values;

  const service = await serve({ options: { speed: Number(speed), machines: Number(machines) } });
  const folder = await mkdtemp(join(tmpdir(), "vra-snapshots-edge-"));
  const token = randomBytes(24).toString("base64url");
  const worker = await start({ port, folder, settings: settings(service.url, token) });
  const end = () => worker.kill("SIGTERM");
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, end);
  const ended = once(worker, "exit");
  if (await isReady(`http://${HOST}:${port}/fleets`, token, ended))
    console.log(`
The simulated service answers at ${service.url}.
The console is at http://${HOST}:${port}; it asks for a caller token, which is

  ${token}

Ctrl+C stops all of it. What the worker has stored is deleted then.
`);
  const [code] = await ended;
  await service.close();
  await rm(folder, { recursive: true, force: true });
  process.exitCode = code ?? 0;
}

/** Whether it answers before it ends; another one at the same port does not know the token. */
async function isReady(url, token, ended) {
  const headers = { authorization: `Bearer ${token}` };
  let isOver = false;
  ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    const isThere = await fetch(url, { headers }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isThere) return true;
    await sleep(200);
  }
  return false;
}

/** What a deployment has as secrets and variables. */
function settings(serviceUrl, token) {
  const sha256 = createHash("sha256").update(token).digest("hex");
  return {
    SERVICE_URL: serviceUrl,
    REFRESH_TOKEN: "simulated-refresh-token",
    CALLERS: JSON.stringify([{ name: "console", role: "operate", sha256 }]),
  };
}

/** In a file: arguments are seen by everybody on the machine. */
async function start({ port, folder, settings }) {
  const file = join(folder, "settings.env");
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
  await writeFile(file, lines.join("\n"), { mode: 0o600 });
  const require = createRequire(import.meta.url);
  const wrangler = join(dirname(require.resolve("wrangler/package.json")), "bin/wrangler.js");
  const config = fileURLToPath(new URL("wrangler.jsonc", import.meta.url));
  const args = ["dev", "--config", config, "--ip", HOST, "--port", port, "--inspector-port", "0"];
  args.push(
    "--env-file",
    file,
    "--persist-to",
    join(folder, "storage"),
    "--show-interactive-dev-session=false",
  );
  const env = {
    ...process.env,
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_HIDE_BANNER: "true",
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
  };
  return spawn(process.execPath, [wrangler, ...args], { stdio: ["ignore", "inherit", "inherit"], env });
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
