// The suite in a Cloudflare worker; the service is a binding, and its `fetch` the client's.
import { collect } from "./collect.mjs";
import * as lib from "./lib.mjs";

export default {
  async fetch(request, { SERVICE }) {
    const fetch = (url, init) => SERVICE.fetch(url, init);
    return Response.json(await collect({ lib, fetch, ...(await request.json()) }));
  },
};
