// The step before all others: a pinned toolchain, its wasm target and the npm packages, each only if it is not
// there yet. Then the work itself, in Rust: `cargo xtask <task>`.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const TARGET = "wasm32-unknown-unknown";
const root = new URL("..", import.meta.url);

function run(command, args, options = {}) {
  // On Windows npm is a script, which only a shell starts; nothing of the user's reaches these arguments.
  const shell = process.platform === "win32";
  const { status, error, stdout } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell,
    ...options,
  });
  if (error?.code === "ENOENT")
    fail(`\`${command}\` is not installed. Rust comes from https://rustup.rs, npm with Node.js.`);
  if (error) fail(error.message);
  return { ok: status === 0, status, stdout: stdout?.toString() ?? "" };
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

function setUpRust() {
  const quiet = { stdio: ["ignore", "pipe", "ignore"] };
  const installed = run("rustup", ["target", "list", "--installed"], quiet);
  if (installed.ok && installed.stdout.split(/\s+/).includes(TARGET)) return;
  const channel = /channel = "(.+)"/.exec(readFileSync(new URL("rust-toolchain.toml", root), "utf8"))[1];
  console.log(`setting up Rust ${channel} with ${TARGET}`);
  const there = run("rustup", ["toolchain", "list"], quiet).stdout.includes(`${channel}-`);
  const args = there
    ? ["target", "add", "--toolchain", channel, TARGET]
    : ["toolchain", "install", channel, "--no-self-update", "--profile", "minimal", "--target", TARGET];
  if (!there) args.push("--component", "clippy", "--component", "rustfmt");
  if (!run("rustup", args).ok) fail(`rustup could not install Rust ${channel} with ${TARGET}`);
}

function setUpPackages() {
  const lock = readFileSync(new URL("package-lock.json", root));
  const wanted = createHash("sha256").update(lock).digest("hex");
  const stamp = new URL("node_modules/.lock-installed", root);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("setting up the npm packages");
  if (!run("npm", ["ci", "--no-audit", "--no-fund"]).ok) fail("npm ci failed");
  writeFileSync(stamp, wanted);
}

setUpRust();
setUpPackages();
const { status } = run("cargo", ["xtask", ...process.argv.slice(2)]);
process.exit(status ?? 1);
