// A fresh process: from the import of a contestant to its first call of `fetch`, in ms.
import { MACHINE, settings } from "./work.js";

// What Node loads late and all of them need.
new Response();

const start = performance.now();
const { connect } = await import(`../contestants/${process.argv[2]}.js`);
const fetch = () => {
  process.send(performance.now() - start, () => process.exit());
  return new Promise(() => {});
};
connect(settings({ baseUrl: "https://vra.example.com", fetch })).createSnapshot(MACHINE, { name: "cold" });
