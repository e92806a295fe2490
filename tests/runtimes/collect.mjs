// The suite's framework inside a runtime: one case after the other, and what became of each.
import { suite } from "./suite/index.mjs";

/** A case that has not ended by then hangs, and the others are to be heard of. No case takes long on a machine that is busy. */
const PATIENCE_MS = 600_000;

/**
 * Gives `{ name, error?, skipped?, note? }` for each case; a note is what the case returns, to be printed. With
 * `runner.stallMs` all is as on a machine that is busy.
 */
export async function collect(runner) {
  const cases = [];
  const test = (name, body) => cases.push({ name, body });
  const skip = (reason) => (name) => cases.push({ name, skipped: reason });
  suite({ ...runner, test, skip });

  if (runner.stallMs > 0) stall(runner.stallMs);
  const results = [];
  for (const { body, ...result } of cases)
    results.push(body === undefined ? result : { ...result, ...(await outcome(body)) });
  return results;
}

/** So often a clock can be read in a millisecond, or less often. */
const READS_IN_A_MS = 20_000;

/**
 * Takes the processor for a while, again and again, as other programs do: what depends on the machine's speed shows. The reads
 * of the clock are counted, for the clock of workerd stands still until the next I/O.
 */
function stall(longestMs) {
  const ms = Math.random() * longestMs;
  const end = performance.now() + ms;
  for (let reads = 0; reads < ms * READS_IN_A_MS && performance.now() < end; reads += 1);
  setTimeout(stall, Math.random() * longestMs, longestMs);
}

async function outcome(body) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not settled after ${PATIENCE_MS} ms`)), PATIENCE_MS);
  });
  try {
    return { note: await Promise.race([body(), late]) };
  } catch (error) {
    return { error: String(error?.stack ?? error) };
  } finally {
    clearTimeout(timer);
  }
}
