import { defineConfig, type Plugin } from "vite";

/**
 * What the page may do on a static host: run its own scripts and WebAssembly, and call services over https, or over
 * http on this machine. No script or style in the page, no markup from strings, nothing else from anywhere.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** A static host sends no header of ours, so the policy stands in the page, before all that it is about. */
const policy: Plugin = {
  name: "policy",
  transformIndexHtml: () => [
    {
      tag: "meta",
      attrs: { "http-equiv": "Content-Security-Policy", content: POLICY },
      injectTo: "head-prepend",
    },
  ],
};

/** The edge worker's host sends headers of ours: what a page cannot say of itself. */
const headers: Plugin = {
  name: "headers",
  generateBundle() {
    const lines = [
      "/*",
      "  Content-Security-Policy: frame-ancestors 'none'",
      "  X-Content-Type-Options: nosniff",
      "  Referrer-Policy: no-referrer",
      "  Strict-Transport-Security: max-age=31536000",
    ];
    this.emitFile({ type: "asset", fileName: "_headers", source: lines.join("\n") });
  },
};

const PLUGINS: Record<string, Plugin[]> = { static: [policy], edge: [policy, headers] };

// `vra-snapshots` is this repository's own package: Vite finds it by its name, as Node does, and follows its `exports`.
// The mode `static` makes the folder for a static host, where the page begins with the simulator that it brings along;
// the mode `edge` the one that the edge worker serves, where it begins with that worker.
export default defineConfig(({ mode }) => ({
  base: "./",
  plugins: PLUGINS[mode] ?? [],
  build: {
    target: "es2022",
    outDir: mode in PLUGINS ? mode : "dist",
    // Inlined files would be `data:` URLs, which the policy allows for images only.
    assetsInlineLimit: 0,
    // Every browser of that target preloads modules by itself.
    modulePreload: { polyfill: false },
  },
}));
