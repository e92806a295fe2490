// Who imports whom, and where that goes in a circle.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import ts from "typescript";

/** All source files of a folder, by their paths in it. */
function filesOf(root, extension) {
  return readdirSync(root, { recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => name.split(sep).join("/"));
}

/** The imports of each TypeScript file of a folder, by paths in it; packages and other folders are left out. */
export function typescriptImports(root) {
  const files = filesOf(root, ".ts");
  return new Map(
    files.map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), "utf8"));
      const imported = importedFiles
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) =>
          relative(root, join(root, dirname(file), fileName))
            .split(sep)
            .join("/"),
        );
      return [file, new Set(imported.filter((other) => files.includes(other) && other !== file))];
    }),
  );
}

/** The imports of each Rust file of a crate, by paths in its `src`. */
export function rustImports(root) {
  const files = filesOf(root, ".rs");
  const modules = new Map(files.map((file) => [moduleOf(file).join("::"), file]));
  return new Map(
    files.map((file) => {
      const named = pathsIn(readFileSync(join(root, file), "utf8"))
        .map((path) => absolute(path, moduleOf(file), modules))
        .map((path) => fileOf(path, modules))
        .filter((other) => other !== undefined && other !== file);
      return [file, new Set(named)];
    }),
  );
}

/** `a/b.rs` and `a/b/mod.rs` are the module `a::b`. */
function moduleOf(file) {
  const parts = file.replace(/\.rs$/, "").split("/");
  if (["mod", "lib"].includes(parts.at(-1))) parts.pop();
  return parts;
}

/** What is named by `use`, with braces written out, and by paths from the crate's root or from the module above. */
function pathsIn(text) {
  const code = text.replaceAll(/\/\/.*$/gm, "");
  const uses = [...code.matchAll(/^\s*(?:pub(?:\([^)]*\))? )?use ([^;]*);/gm)].flatMap(([, tree]) =>
    leavesOf(tree),
  );
  const paths = [...code.matchAll(/\b(?:crate|super)::[\w:]+/g)].map(([path]) => path);
  return [...uses, ...paths];
}

function leavesOf(tree) {
  const [, prefix, inner] = /^([^{]*)\{([\s\S]*)\}\s*$/.exec(tree) ?? [];
  if (inner === undefined) return [tree.replace(/ as .*/, "").trim()];
  const leaves = [];
  let [depth, start] = [0, 0];
  for (let index = 0; index <= inner.length; index += 1) {
    const letter = inner[index];
    if (letter === "{") depth += 1;
    if (letter === "}") depth -= 1;
    if (index < inner.length && (letter !== "," || depth > 0)) continue;
    const leaf = inner.slice(start, index).trim();
    if (leaf) leaves.push(...leavesOf(prefix.trim() + leaf));
    start = index + 1;
  }
  return leaves;
}

function absolute(path, module, modules) {
  const parts = path.split("::");
  if (parts[0] === "crate") return parts.slice(1);
  const base = [...module];
  if (parts[0] === "self") parts.shift();
  else if (parts[0] !== "super" && !modules.has([...module, parts[0]].join("::"))) return [];
  for (; parts[0] === "super"; parts.shift()) base.pop();
  return [...base, ...parts];
}

function fileOf(path, modules) {
  for (let length = path.length; length > 0; length -= 1) {
    const file = modules.get(path.slice(0, length).join("::"));
    if (file !== undefined) return file;
  }
  return undefined;
}

/**
 * The circles among the files and folders that lie side by side, in any folder. A file `mod.rs` is its folder: it and its
 * own children may import each other.
 */
export function circlesOf(imports) {
  const folders = new Map();
  for (const [file, others] of imports) {
    for (const other of others) {
      const [from, to] = [file.split("/"), other.split("/")];
      let depth = 0;
      while (depth < from.length - 1 && from[depth] === to[depth]) depth += 1;
      if ([from[depth], to[depth]].some((name) => name === "mod.rs" || name === "lib.rs")) continue;
      const folder = from.slice(0, depth).join("/");
      const graph = folders.get(folder) ?? new Map();
      folders.set(folder, graph);
      const why = graph.get(from[depth]) ?? new Map();
      graph.set(from[depth], why);
      why.set(to[depth], `${file} imports ${other}`);
    }
  }
  return [...folders].flatMap(([folder, graph]) =>
    circlesIn(graph).map((circle) => {
      const steps = circle.map((name, index) => graph.get(name).get(circle[(index + 1) % circle.length]));
      return `${folder || "."}: ${circle.join(" → ")} (${steps.join("; ")})`;
    }),
  );
}

/** One circle for each group of names that reach each other. */
function circlesIn(graph) {
  const circles = [];
  const left = new Set(graph.keys());
  for (const start of graph.keys()) {
    if (!left.has(start)) continue;
    const circle = wayBack(graph, start, left);
    if (!circle) continue;
    circles.push(circle);
    for (const name of circle) left.delete(name);
  }
  return circles;
}

/** The shortest way from a name to itself. */
function wayBack(graph, start, among) {
  const ways = [[start]];
  const seen = new Set();
  for (const way of ways) {
    for (const next of graph.get(way.at(-1))?.keys() ?? []) {
      if (next === start) return way;
      if (seen.has(next) || !among.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
