// One contestant in a process of its own, told by messages what to do.
import { sideOf } from "./side.js";

const doWork = await sideOf(JSON.parse(process.argv[2]));

process.on("message", async ({ work, count }) => {
  const start = process.cpuUsage();
  const requests = await doWork(work, count);
  const { user, system } = process.cpuUsage(start);
  process.send({ cpuMs: (user + system) / 1000, requests });
});
process.send("ready");
