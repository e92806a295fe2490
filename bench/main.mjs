// Side by side with what else a user would pick. `--help` tells how to run it, README.md what is measured.
import { parseArgs } from "node:util";
import { asMarkdown, asText } from "./lib/table.mjs";
import { setUp } from "./setup.mjs";

const USAGE = `npm run bench [-- [parts] [options]], or without building: node bench/main.mjs [parts] [options]
  parts       any of these; without any all of them, in this order:
              PARTS
  --only A,B  compares only these with bare fetch, named as their files in contestants/ (stub-*, loopback-*)
  --times N   so many times the rounds, for a finer look (stub-*, loopback-*)
  --markdown  prints Markdown in place of plain text
  --help      prints this
in the environment:
  VRA_DIST=FOLDER     measures the package as built there, in place of dist/
  CHROMIUM_PATH=FILE  the Chromium to use`;

const OPTIONS = {
  only: { type: "string" },
  times: { type: "string", default: "1" },
  markdown: { type: "boolean" },
  help: { type: "boolean" },
};

async function main(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  await setUp(process.env.VRA_DIST);
  // Only now is there what these import.
  const { about } = await import("./lib/about.mjs");
  const { PARTS } = await import("./parts/index.mjs");
  const all = Object.keys(PARTS);
  const unknown = positionals.filter((part) => !all.includes(part));
  if (values.help || unknown.length > 0) {
    console.log(USAGE.replace("PARTS", all.join(", ")));
    process.exitCode = unknown.length > 0 ? 1 : 0;
    return;
  }
  const parts = positionals.length > 0 ? positionals : all;
  console.log(`${await about({ args, parts })}\n`);
  const print = values.markdown ? asMarkdown : asText;
  const options = { only: values.only?.split(","), times: Number(values.times) };
  for (const part of parts) {
    for (const table of await PARTS[part](options)) console.log(print(table));
  }
}

await main(process.argv.slice(2));
