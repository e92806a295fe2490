// What the runs of the suite came to, in print. A run is `{ results, seconds }`, by the name of its runtime.
const WIDTH = 13;
const topicOf = ({ name }) => name.split(":", 1)[0];
const unique = (items) => [...new Set(items)];

export function printFailures(runs) {
  for (const [runtime, { results }] of runs) {
    if (results.length === 0) console.log(`\n${runtime} has not run the suite`);
    for (const { name, error } of results) if (error) console.log(`\n${runtime}: ${name}\n${error}`);
  }
}

/** What the cases had to tell, and what could not be run, once for all the runtimes that it is true of. */
export function printNotes(runs) {
  const where = new Map();
  for (const [runtime, { results }] of runs) {
    const skipped = (result) => result.skipped && `not run, for ${result.skipped}: ${topicOf(result)}`;
    const notes = results.flatMap((result) => result.note ?? skipped(result) ?? []);
    for (const note of unique(notes)) where.set(note, [...(where.get(note) ?? []), runtime]);
  }
  console.log();
  for (const [note, runtimes] of where) console.log(`${note} (${runtimes.join(", ")})`);
}

/** How many cases passed, failed and could not be run, by topic and runtime. */
export function printMatrix(runs) {
  const results = [...runs.values()].flatMap((run) => run.results);
  const row = (title, cellOf) => {
    const cells = [...runs].map(([runtime, run]) => String(cellOf(run, runtime)).padStart(WIDTH));
    console.log(title.padEnd(WIDTH) + cells.join(""));
  };
  console.log("\ncases passed/failed/not run");
  row("", (_, runtime) => runtime);
  for (const topic of unique(results.map(topicOf)))
    row(topic, (run) => tally(run.results.filter((result) => topicOf(result) === topic)));
  row("all", (run) => tally(run.results));
  row("seconds", ({ seconds }) => seconds.toFixed(0));
}

function tally(results) {
  const failed = results.filter(({ error }) => error !== undefined).length;
  const skipped = results.filter(({ skipped }) => skipped !== undefined).length;
  return [results.length - failed - skipped, failed, skipped].join("/");
}
