// The suite in Deno. Its 2.9.5 sends a request again, by itself, whose connection is cut (denoland/deno#35610, mended
// in 2.9.6), but none whose body is a `Blob`: so where connections are cut, the bodies are.
import process from "node:process";
import vm from "node:vm";
import { collect } from "./collect.mjs";
import { foreignRealm } from "./foreign.mjs";
import * as lib from "./lib.mjs";

const once = ({ method, body = "" }) => (method === "GET" ? undefined : new Blob([body]));
const http = (url, init) => fetch(url, { ...init, body: once(init) });
const given = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await collect({ lib, http, foreign: foreignRealm(vm), ...given })));
