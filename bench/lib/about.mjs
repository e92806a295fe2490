// On what it was measured: when, where, and which versions.
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { launch } from "../../tests/chromium.mjs";

const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
/** What generates and compiles a peer is no peer. */
const TOOLS = ["typescript"];

export async function about({ args, parts = [], script = "bench" }) {
  const date = new Date().toISOString().slice(0, 10);
  const peers = Object.entries(dependencies).filter(([name]) => !TOOLS.includes(name));
  const versions = peers.map(([name, version]) => `${name} ${version}`).join(", ");
  const places = [`Node.js ${process.versions.node}`];
  if (parts.some((part) => part.endsWith("chromium"))) places.push(`Chromium ${await versionOfChromium()}`);
  places.push(`${cpus().length} cores`);
  return `Measured ${date} by \`${commandOf(script, args)}\`: ${places.join(", ")}; ${versions}.`;
}

async function versionOfChromium() {
  const browser = await launch();
  const version = browser.version();
  await browser.close();
  return version;
}

function commandOf(script, args) {
  const measuring = args.filter((arg) => arg !== "--markdown");
  return [`npm run ${script}`, ...(measuring.length > 0 ? ["--", ...measuring] : [])].join(" ");
}
