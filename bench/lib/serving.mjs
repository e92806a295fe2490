// The loopback server, for as long as it is used.
import { start } from "./child.mjs";

/** The page that runs a module. */
export const pageOf = (script) =>
  Buffer.from(`<!doctype html><script type="module" src="${script}"></script>`);

/** Serves the files, by their names, beside the service; `use` is given the URL. */
export async function withServer(files, use) {
  const server = await start("sides/server.mjs");
  try {
    await server.ask({ serve: [...files].map(([name, bytes]) => [`/${name}`, bytes.toString("base64")]) });
    return await use(server.first.url);
  } finally {
    server.end();
  }
}
