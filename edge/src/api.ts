// What the worker's callers see of it, as types: the console imports nothing else of the worker.
export type { FleetReport, FleetSummary, MachineView } from "./fleets/view.ts";
export type { ProblemCode } from "./http/problem.ts";
