// What came out, a row for each bundler.
import { promisify } from "node:util";
import { brotliCompress } from "node:zlib";

const compress = promisify(brotliCompress);
const HEADINGS = ["bundler", "build", "wasm", "warnings", "snapshots", "KB brotli"];

/** A row as it is before anything has been tried; each test fills its own in as it goes. */
export const emptyRow = (bundler) => ({
  ...Object.fromEntries(HEADINGS.map((heading) => [heading, "-"])),
  bundler,
});

/** What these files weigh; a KB is 1,000 bytes, as everywhere. */
export async function weigh(files) {
  const compressed = await Promise.all(files.map((file) => compress(file)));
  return (compressed.reduce((sum, { length }) => sum + length, 0) / 1000).toFixed(1);
}

export function print(rows) {
  const lines = [HEADINGS, ...rows.map((row) => HEADINGS.map((heading) => String(row[heading])))];
  const widths = HEADINGS.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const [head, ...body] = lines.map((line) => {
    const [bundler, ...cells] = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    );
    return `| ${[bundler, ...cells].join(" | ")} |`;
  });
  const rule = `|${widths.map((width, column) => "-".repeat(width + 1) + (column === 0 ? "-" : ":")).join("|")}|`;
  console.log([head, rule, ...body].join("\n"));
}
