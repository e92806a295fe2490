// The suite in Node.
import { test } from "node:test";
import vm from "node:vm";
import { serve } from "../../simulator/serve.mjs";
import { foreignRealm } from "./foreign.mjs";
import { startServices } from "./services.mjs";
import { suite } from "./suite/index.mjs";

const [lib, { Simulator }] = [await import("vra-snapshots"), await import("vra-snapshots/simulator")];
const { url, close } = await serve({ options: { speed: 100 } });
const faulty = await startServices();
test.after(() => Promise.all([close(), faulty.close()]));

suite({ test, lib: { ...lib, Simulator }, url, services: faulty.services, foreign: foreignRealm(vm) });
