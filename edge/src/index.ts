// The worker: a gateway to the service, and fleets that run to their end by themselves.
import { app } from "./app.ts";

export { FleetDirectory } from "./directory.ts";
export { FleetObject } from "./fleet.ts";
export { ServiceTokens } from "./tokens.ts";

export default app();
