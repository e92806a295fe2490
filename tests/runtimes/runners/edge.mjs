// The suite in Vercel's edge runtime.
import { collect } from "./collect.mjs";
import * as lib from "./lib.mjs";

const run = async (request) => Response.json(await collect({ lib, ...(await request.json()) }));
addEventListener("fetch", (event) => event.respondWith(run(event.request)));
