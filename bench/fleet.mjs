// Whole fleets, side by side with loops. `--help` tells how to run it, README.md what is measured.
import { parseArgs } from "node:util";
import { asMarkdown, asText } from "./lib/table.mjs";
import { setUp } from "./setup.mjs";

const USAGE = `npm run bench:fleet [-- options], or without building: node bench/fleet.mjs [options]
  --only A,B      only these contestants: CONTESTANTS
  --machines A,B  only fleets of these sizes: SIZES; any other is a fleet of its own
  --concurrency N of the fleets of other sizes (100)
  --all           the loops with 10,000 machines too: minutes
  --markdown      prints Markdown in place of plain text
  --help          prints this
in the environment:
  VRA_DIST=FOLDER measures the package as built there, its simulator included, in place of dist/`;

const OPTIONS = {
  only: { type: "string" },
  machines: { type: "string" },
  concurrency: { type: "string", default: "100" },
  all: { type: "boolean", default: false },
  markdown: { type: "boolean" },
  help: { type: "boolean" },
};

async function main(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  await setUp(process.env.VRA_DIST);
  // Only now is there what these import.
  const { about } = await import("./lib/about.mjs");
  const { FLEETS } = await import("./contestants/fleets.js");
  const { fleets, SIZES } = await import("./parts/fleets.mjs");
  const only = values.only?.split(",");
  const unknown = only?.filter((contestant) => !(contestant in FLEETS)) ?? [];
  if (values.help || unknown.length > 0) {
    const sizes = [...new Set(SIZES.map(({ machines }) => machines))];
    console.log(
      USAGE.replace("CONTESTANTS", Object.keys(FLEETS).join(", ")).replace("SIZES", sizes.join(", ")),
    );
    process.exitCode = unknown.length > 0 ? 1 : 0;
    return;
  }
  console.log(`${await about({ args, script: "bench:fleet" })}\n`);
  const print = values.markdown ? asMarkdown : asText;
  const machines = values.machines?.split(",").map(Number);
  const chosen = { only, machines, concurrency: Number(values.concurrency), all: values.all };
  for await (const table of fleets(chosen)) console.log(print(table));
}

await main(process.argv.slice(2));
