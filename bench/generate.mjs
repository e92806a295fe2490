// The client that a generator makes of `openapi.yaml`, as JavaScript in `generated/`.
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createClient } from "@hey-api/openapi-ts";
import { build } from "esbuild";

const path = (file) => fileURLToPath(new URL(file, import.meta.url));

export async function generate() {
  rmSync(path("generated"), { recursive: true, force: true });
  await createClient({
    input: path("openapi.yaml"),
    output: path("generated/source"),
    logs: { level: "silent", file: false },
    plugins: ["@hey-api/client-fetch", "zod", { name: "@hey-api/sdk", validator: true }],
  });
  await build({
    stdin: {
      contents: `export { createClient } from "./client"; export * from "./sdk.gen";`,
      resolveDir: path("generated/source"),
    },
    outfile: path("generated/client.js"),
    bundle: true,
    packages: "external",
    format: "esm",
    target: "esnext",
  });
}
