// The examples of the README, as written, in order: they are one module.
import { readFileSync } from "node:fs";

export const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The JavaScript of each example. */
export const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

/** All of them; imports may stand anywhere at the top level. */
export const together = examples.join("\n");
