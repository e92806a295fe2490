// What a user's bundler makes of a module: built and minified by Vite without configuration.
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const ENTRY = "bench:entry";

/** The files of the bundle by their names; `entry.js` is where it begins. */
export async function bundle(code) {
  const { output } = await build({
    root,
    logLevel: "error",
    configFile: false,
    // The files may be served from any folder.
    base: "./",
    plugins: [given(code)],
    build: {
      write: false,
      target: "esnext",
      assetsInlineLimit: 0,
      rolldownOptions: { input: { entry: ENTRY }, output: { entryFileNames: "[name].js" } },
    },
  });
  return new Map(output.map(({ fileName, code, source }) => [fileName, Buffer.from(code ?? source)]));
}

/** An entry that is in no file. */
function given(code) {
  return {
    name: ENTRY,
    resolveId: (id) => (id === ENTRY ? `${root}${ENTRY}.js` : undefined),
    load: (id) => (id === `${root}${ENTRY}.js` ? code : undefined),
  };
}
