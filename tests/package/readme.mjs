// The examples of the README, as written, in order: they are one module.
import { readFileSync } from "node:fs";

export const text = readFileSync(new URL("../../README.md", import.meta.url), "utf8");

/** The JavaScript of each example. */
export const examples = [...text.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code);

/** The one that only a page can run. */
export const elementExample = /^```javascript\n(import "vra-snapshots\/element";.*?)^```$/ms.exec(text)[1];

/** All of them; imports may stand anywhere at the top level. */
export const together = examples.join("\n");
