import resolve from "@rollup/plugin-node-resolve";
import url from "@rollup/plugin-url";

export default {
  input: "src/index.js",
  output: { dir: "dist" },
  plugins: [resolve(), url({ include: "**/*.wasm" })],
};
