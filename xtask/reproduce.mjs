// Builds the package once more, in a folder of another name with nothing built in it, and compares what npm packs
// there with what it packs here: whoever builds a release gets what was published, byte for byte.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const there = join(here, "target/another place/for the same");

function output(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

/** What is in the package: names with sizes, and the hash of it all. */
function packed(cwd) {
  const [{ files, integrity }] = JSON.parse(
    output("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], cwd),
  );
  return [...files.map(({ path, size }) => `${path} ${size}`), integrity];
}

const first = packed(here);
rmSync(there, { recursive: true, force: true });
mkdirSync(there, { recursive: true });
const sources = output("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], here);
// Git lists a file that was deleted and not yet committed, too.
for (const path of sources.split("\0").filter((path) => path && existsSync(join(here, path))))
  cpSync(join(here, path), join(there, path));
symlinkSync(join(here, "node_modules"), join(there, "node_modules"));

const { CARGO_TARGET_DIR: _, ...env } = process.env;
execFileSync("cargo", ["xtask", "build"], { cwd: there, env, stdio: "inherit" });

const second = packed(there);
const differing = first.filter((line, place) => line !== second[place]);
if (differing.length > 0 || first.length !== second.length) {
  console.error(`another build of the same gives another package: ${differing.join(", ")}`);
  process.exit(1);
}
console.log(`two builds, one package: ${first.at(-1)}`);
rmSync(there, { recursive: true });
