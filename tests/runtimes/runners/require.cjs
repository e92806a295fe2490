// The suite in Node, with the package loaded by `require()`.
const vm = require("node:vm");
const { Simulator } = require("vra-snapshots/simulator");
const client = require("vra-snapshots");
const { collect } = require("./collect.mjs");
const { foreignRealm } = require("./foreign.mjs");

const given = JSON.parse(process.argv[2]);
collect({ lib: { ...client, Simulator }, foreign: foreignRealm(vm), ...given }).then((results) => {
  console.log(JSON.stringify(results));
});
