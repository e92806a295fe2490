// workerd with the worker in it, a process of its own: it may be killed. Told what to run; says where it is reached.
import { startHere } from "./in-process.mjs";

const { url, stop } = await startHere(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ url }));
process.once("SIGTERM", async () => {
  await stop();
  process.exit();
});
