import { defineConfig } from "vite";

// `vra-snapshots` is this repository's own package: Vite finds it by its name, as Node does, and follows its `exports`.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    // Every browser of that target preloads modules by itself.
    modulePreload: { polyfill: false },
  },
});
