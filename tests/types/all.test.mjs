// All tests of the types in one process: the declarations that they share are parsed once, and the package is packed once.
import "./compiles.test.mjs";
import "./declarations.test.mjs";
import "./documentation.test.mjs";
import "./drift.test.mjs";
import "./packed.test.mjs";
import "./repository.test.mjs";
