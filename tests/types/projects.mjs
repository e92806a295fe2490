// Projects that have the packed package installed, one for each way to resolve modules and each platform to write
// for. Only their settings differ, so they share one folder, and their sources are in memory.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { installed } from "../package/install.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

export const folder = await installed();
const { exports, name: packageName } = JSON.parse(
  readFileSync(join(folder, "node_modules/vra-snapshots/package.json"), "utf8"),
);

/** What users import that has declarations. */
export const entries = Object.keys(exports)
  .filter((path) => exports[path].types)
  .map((path) => packageName + path.slice(1));

/** A source that needs all declarations. */
export const importing = { "all.ts": entries.map((name) => `import "${name}";`).join("\n") };

export const RESOLUTIONS = {
  bundler: { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler },
  node16: { module: ts.ModuleKind.Node16, moduleResolution: ts.ModuleResolutionKind.Node16 },
  nodenext: { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext },
};

const lib = (...names) => ({ lib: names.map((name) => `lib.${name}.d.ts`), types: [] });
const node = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };

/** What declares the globals: the compiler's own libraries, or declarations of a runtime. */
export const PLATFORMS = {
  none: { options: lib("es2022") },
  dom: { options: lib("es2022", "dom") },
  worker: { options: lib("es2022", "webworker") },
  node: { options: { ...lib("es2023"), ...node } },
  "node and dom": { options: { ...lib("es2023", "dom"), ...node } },
  workerd: { options: lib("es2022"), globals: globalsOf("wrangler", workerdTypes) },
  deno: { options: lib("esnext"), globals: globalsOf("deno", denoTypes) },
};

/** The declarations that a runtime's own tool writes; once for each of its versions, since it takes seconds. */
function globalsOf(tool, write) {
  const { version } = JSON.parse(readFileSync(join(root, "node_modules", tool, "package.json"), "utf8"));
  const file = join(root, "target/types", `${tool}-${version}.d.ts`);
  if (!existsSync(file)) {
    // Put in place in one step: several processes may ask at once.
    const place = join(root, "target/types", String(process.pid));
    mkdirSync(place, { recursive: true });
    write(place, join(place, "globals.d.ts"));
    renameSync(join(place, "globals.d.ts"), file);
    rmSync(place, { recursive: true });
  }
  return file;
}

function workerdTypes(cwd, file) {
  const config = join(cwd, "wrangler.json");
  writeFileSync(config, JSON.stringify({ name: "types", compatibility_date: "2026-04-01" }));
  const script = join(root, "node_modules/wrangler/bin/wrangler.js");
  const args = ["types", file, "--config", config, "--include-env=false"];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_LOG_PATH: cwd };
  execFileSync(process.execPath, [script, ...args], { cwd, env });
}

function denoTypes(cwd, file) {
  const script = join(root, "node_modules/deno/bin.cjs");
  writeFileSync(file, execFileSync(process.execPath, [script, "types"], { cwd, maxBuffer: 2 ** 24 }));
}

const parsed = new Map();

/** A compiler host that parses a declaration file once for all programs that read it as the same kind of module. */
function hostOf(options) {
  const host = ts.createIncrementalCompilerHost(options);
  const { getSourceFile } = host;
  host.getSourceFile = (path, how) => {
    if (!path.endsWith(".d.ts")) return getSourceFile(path, how);
    const key = `${how.impliedNodeFormat} ${path}`;
    if (!parsed.has(key)) parsed.set(key, getSourceFile(path, how));
    return parsed.get(key);
  };
  return host;
}

/** A program of these sources, by their names, on a platform. */
export function programOf(sources, resolution, { options, globals }) {
  const own = new Map(Object.entries(sources).map(([name, text]) => [join(folder, name), text]));
  const settings = {
    target: ts.ScriptTarget.ES2022,
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noEmit: true,
    ...RESOLUTIONS[resolution],
    ...options,
  };
  const host = hostOf(settings);
  const { fileExists, readFile, getSourceFile } = host;
  host.getCurrentDirectory = () => folder;
  host.fileExists = (path) => own.has(path) || fileExists(path);
  host.readFile = (path) => own.get(path) ?? readFile(path);
  host.getSourceFile = (path, how) =>
    own.has(path) ? ts.createSourceFile(path, own.get(path), how) : getSourceFile(path, how);
  return ts.createProgram([...own.keys(), ...(globals ? [globals] : [])], settings, host);
}

/** What `tsc` reports for a project of this repository. It checks only what a change since the last run can affect. */
export function problemsOfProject(name) {
  const config = join(root, name, "tsconfig.json");
  const incremental = {
    incremental: true,
    tsBuildInfoFile: join(root, "target/types", `${name}.tsbuildinfo`),
  };
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(config, incremental, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (problem) => assert.fail(textOf(problem)),
  });
  const host = hostOf(options);
  const program = ts.createIncrementalProgram({ rootNames: fileNames, options, host });
  const problems = [
    ...errors,
    ...program.getConfigFileParsingDiagnostics(),
    ...program.getOptionsDiagnostics(),
    ...program.getSyntacticDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...program.getSemanticDiagnostics(),
  ];
  // Emits nothing but the record of what was checked.
  program.emit();
  return problems.map(textOf);
}

/** What is wrong with the sources and with the package's declarations, in words. */
export function problemsOf(program) {
  const files = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  return [
    ...program.getOptionsDiagnostics(),
    ...files.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ].map(textOf);
}

function textOf({ file, start, messageText }) {
  const place = file
    ? `${relative(root, file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}: `
    : "";
  return place + ts.flattenDiagnosticMessageText(messageText, "\n");
}
