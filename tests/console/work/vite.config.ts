import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The page as it is, with another start. */
export default defineConfig({
  root: here("../../../www"),
  base: "./",
  logLevel: "warn",
  plugins: [
    {
      name: "another-start",
      transformIndexHtml: {
        order: "pre",
        handler: (html) => html.replace("./src/main.ts", "../tests/console/work/main.ts"),
      },
    },
  ],
  build: {
    target: "es2022",
    modulePreload: { polyfill: false },
    outDir: here("../../../target/work-console"),
    emptyOutDir: true,
  },
});
