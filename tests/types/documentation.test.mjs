// TypeDoc has nothing to warn of: every type that is used is documented, and every link leads somewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Application, Logger, LogLevel, TypeDocReader } from "typedoc";
import { entries, importing, PLATFORMS, programOf } from "./projects.mjs";

test("TypeDoc has no warning", async () => {
  const options = { options: fileURLToPath(new URL("../../typedoc.json", import.meta.url)) };
  const typedoc = await Application.bootstrap(options, [new TypeDocReader()]);
  const warnings = [];
  typedoc.logger = new (class extends Logger {
    log(message, level) {
      if (level >= LogLevel.Warn) warnings.push(message);
    }
  })();
  const program = programOf(importing, "nodenext", PLATFORMS.dom);
  const [source] = program.getRootFileNames().map((name) => program.getSourceFile(name));
  const checker = program.getTypeChecker();
  const modules = source.statements.map(({ moduleSpecifier }) =>
    checker.getSymbolAtLocation(moduleSpecifier),
  );
  const project = typedoc.converter.convert(
    modules.map(({ declarations: [sourceFile] }, at) => ({ displayName: entries[at], program, sourceFile })),
  );
  typedoc.validate(project);
  assert.deepEqual(warnings, []);
});
