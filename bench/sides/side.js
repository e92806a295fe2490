// One contestant, connected, in whichever place: what `node.mjs` and `page.js` have in common.
import { CONTESTANTS } from "../contestants/index.js";
import { Service } from "./service.js";
import { stubOf } from "./stub.js";
import { run, settings } from "./work.js";

/** Gives a function that does so many of a work and gives the number of requests that were sent. */
export async function sideOf({ contestant, listens, baseUrl = "" }) {
  const { connect } = await CONTESTANTS[contestant]();
  const stub = stubOf(new Service());
  const used = baseUrl === "" ? stub : fetch;
  let requests = 0;
  const counting = (input, init) => {
    requests += 1;
    return used(input, init);
  };
  const client = connect(
    settings({ baseUrl: baseUrl || "https://vra.example.com", fetch: counting, listens }),
  );
  return async (work, count) => {
    const before = requests;
    await run(client, work, count);
    return requests - before;
  };
}
