// The parts of the bench, in the order in which they run.
import { coldChromium, coldNode } from "./cold.mjs";
import { idle } from "./idle.mjs";
import { size } from "./size.mjs";
import { loopbackChromium, loopbackNode, stubChromium, stubNode } from "./speed.mjs";

export const PARTS = {
  size,
  "stub-node": stubNode,
  "stub-chromium": stubChromium,
  "loopback-node": loopbackNode,
  "loopback-chromium": loopbackChromium,
  "cold-node": coldNode,
  "cold-chromium": coldChromium,
  idle,
};
