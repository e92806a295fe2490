// The suite in Node.
import { test } from "node:test";
import vm from "node:vm";
import { serve } from "../../simulator/serve.mjs";
import { foreignRealm } from "./foreign.mjs";
import { suite } from "./suite/index.mjs";

const [lib, { Simulator }] = [await import("vra-snapshots"), await import("vra-snapshots/simulator")];
const { url, close } = await serve({ options: { speed: 100 } });
test.after(close);

suite({ test, lib: { ...lib, Simulator }, url, foreign: foreignRealm(vm) });
