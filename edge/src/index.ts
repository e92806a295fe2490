// The worker: a gateway to the service, and fleets that run to their end by themselves.
import { app } from "./app.ts";

export { FleetDirectory } from "./fleets/directory.ts";
export { FleetObject } from "./fleets/object.ts";
export { ServiceTokens } from "./tokens/tokens.ts";

export default app();
