// The package by its name, as the runtime or its bundler resolves it.
export * from "vra-snapshots";
export { Simulator } from "vra-snapshots/simulator";
