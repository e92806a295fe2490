// The suite in a module worker, where there is no import map: by the paths that the page's map has.
import * as client from "/node_modules/vra-snapshots/dist/browser.js";
import { Simulator } from "/node_modules/vra-snapshots/dist/simulator.browser.js";
import { collect } from "./collect.mjs";

const given = JSON.parse(globalThis.name);
globalThis.postMessage(await collect({ lib: { ...client, Simulator }, ...given }));
