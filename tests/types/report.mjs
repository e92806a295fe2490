// All public declarations, without their comments: what a user's program can come to depend on. A change of the
// file shows in review; `node tests/types/report.mjs` writes it anew.
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { entries, importing, PLATFORMS, programOf } from "./projects.mjs";

export const REPORT = new URL("api.md", import.meta.url);

/** The report of the package as it is packed. */
export function report() {
  const program = programOf(importing, "nodenext", PLATFORMS.none);
  const checker = program.getTypeChecker();
  const printer = ts.createPrinter({ removeComments: true });
  const [source] = program.getRootFileNames().map((name) => program.getSourceFile(name));
  const told = new Set();
  const sections = source.statements.map(({ moduleSpecifier }) => {
    const exported = checker
      .getExportsOfModule(checker.getSymbolAtLocation(moduleSpecifier))
      .map((symbol) => ({
        name: symbol.name,
        target: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
      }));
    exported.sort((a, b) => (a.name < b.name ? -1 : 1));
    const again = exported.filter(({ target }) => told.has(target)).map(({ name }) => name);
    const lines = exported.flatMap(({ name, target }) => {
      if (told.has(target)) return [];
      told.add(target);
      const text = target.declarations.map((node) => textOf(node, printer)).join("\n");
      return name === "default" ? [text, `export default ${target.name};`] : [text];
    });
    const code = `\`\`\`ts\n${lines.join("\n")}\n\`\`\`\n`;
    return `## \`${moduleSpecifier.text}\`\n\n${again.length ? `As above: ${again.join(", ")}.\n\n` : ""}${code}`;
  });
  return `# The public declarations\n\nWritten by \`npm run api\`.\n\n${sections.join("\n")}`;
}

function textOf(node, printer) {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return printer.printNode(ts.EmitHint.Unspecified, statement, node.getSourceFile());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(REPORT, report());
  console.log(`${entries.length} entries: ${fileURLToPath(REPORT)}`);
}
