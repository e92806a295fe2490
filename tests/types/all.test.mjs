// All tests of the types in one process, which parses the declarations that they share once, and packs once.
import "./compiles.test.mjs";
import "./declarations.test.mjs";
import "./documentation.test.mjs";
import "./drift.test.mjs";
import "./packed.test.mjs";
import "./repository.test.mjs";
