// What the declarations say of themselves: no hole in the types, and a word on every name in an editor.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import ts from "typescript";
import { folder, importing, PLATFORMS, programOf } from "./projects.mjs";

const PACKED = JSON.parse(readFileSync(new URL("../package/files.json", import.meta.url), "utf8"));
const nameOf = (file) => file.fileName.slice(folder.length + 1);
const own = (program) => program.getSourceFiles().filter((file) => nameOf(file).startsWith("node_modules/"));

/** The node and all that is in it. */
function nodesOf(node) {
  const nodes = [node];
  ts.forEachChild(node, (child) => void nodes.push(...nodesOf(child)));
  return nodes;
}

for (const platform of ["none", "dom", "node"]) {
  test(`no \`any\` and no bare \`Function\`, written or meant, with the globals of ${platform}`, () => {
    const program = programOf(importing, "nodenext", PLATFORMS[platform]);
    const checker = program.getTypeChecker();
    const files = own(program);
    const packed = PACKED.filter((path) => path.endsWith(".d.ts"));
    assert.deepEqual(
      files.map((file) => nameOf(file).replace("node_modules/vra-snapshots/", "")).sort(),
      packed,
    );
    const holes = files.flatMap((file) =>
      nodesOf(file)
        .filter(ts.isTypeNode)
        .filter((node) => {
          const type = checker.getTypeFromTypeNode(node);
          return type.flags & ts.TypeFlags.Any || (type.symbol?.name === "Function" && !type.aliasSymbol);
        }),
    );
    assert.deepEqual(
      holes.map((node) => `${nameOf(node.getSourceFile())}: ${node.getText()}`),
      [],
    );
  });
}

test("a name that is public has a comment, and an editor shows it", () => {
  const program = programOf(importing, "nodenext", PLATFORMS.dom);
  const files = own(program);
  const checker = program.getTypeChecker();
  const shown = (node) => checker.getSymbolAtLocation(node).getDocumentationComment(checker);
  const names = files.flatMap((file) => nodesOf(file).filter(isPublicName));
  assert(names.length > 250, `only ${names.length} names were found`);
  const silent = names.filter((node) => shown(node).length === 0);
  assert.deepEqual(
    silent.map(
      (node) => `${nameOf(node.getSourceFile())}: ${node.parent.parent.name?.text ?? ""}.${node.text}`,
    ),
    [],
  );
});

/** The name of an exported declaration, or of a member of one. */
function isPublicName(node) {
  const { parent } = node;
  // On a computed name, `[Symbol.asyncIterator]`, an editor shows nothing.
  if (parent?.name !== node || ts.isComputedPropertyName(node)) return false;
  const member = ts.isPropertySignature(parent) || ts.isMethodSignature(parent) || ts.isClassElement(parent);
  return (
    (member && isOfInterface(parent)) ||
    parent.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** A shape within a type is described where it is used. */
function isOfInterface({ parent }) {
  return ts.isInterfaceDeclaration(parent) || ts.isClassDeclaration(parent);
}
