// Who is compared, by the name of the module. The first is what the others are held against.
export const CONTESTANTS = {
  "bare-fetch": () => import("./bare-fetch.js"),
  "hand-written": () => import("./hand-written.js"),
  "vra-snapshots": () => import("./vra-snapshots.js"),
  "openapi-fetch": () => import("./openapi-fetch.js"),
  "fetch-zod": () => import("./fetch-zod.js"),
  "generated-zod": () => import("./generated-zod.js"),
  "core-lro": () => import("./core-lro.js"),
  ky: () => import("./ky.js"),
  "ky-zod": () => import("./ky-zod.js"),
  axios: () => import("./axios.js"),
};

/** Some of them, loaded. */
export function load(names) {
  return Promise.all(names.map(async (contestant) => ({ contestant, ...(await CONTESTANTS[contestant]()) })));
}
