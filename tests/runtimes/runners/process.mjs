// The suite in Node and in Bun.
import process from "node:process";
import vm from "node:vm";
import { collect } from "./collect.mjs";
import { foreignRealm } from "./foreign.mjs";
import * as lib from "./lib.mjs";

const given = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await collect({ lib, foreign: foreignRealm(vm), ...given })));
