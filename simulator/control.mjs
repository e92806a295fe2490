// What tests do to a simulator that runs in another process, over HTTP.
import { Hono } from "hono";

export function control(simulator, passTime) {
  const app = new Hono();
  app.onError((error, context) => context.json({ message: error.message }, mistaken(error) ? 400 : 500));
  const done = (context) => context.body(null, 204);

  app.post("/faults", async (context) => {
    simulator.inject(await context.req.json());
    return done(context);
  });
  app.put("/faults", async (context) => {
    const faults = await context.req.json();
    simulator.clearFaults();
    simulator.inject(faults);
    return done(context);
  });
  app.delete("/faults", (context) => {
    simulator.clearFaults();
    return done(context);
  });
  app.post("/operations", async (context) => {
    return context.json({ tracker: simulator.beginForeign(await context.req.json()) }, 201);
  });
  app.delete("/tokens", (context) => {
    simulator.expireTokens();
    return done(context);
  });
  app.post("/time", async (context) => {
    const { passMs } = await context.req.json();
    if (!Number.isFinite(passMs) || passMs < 0) throw new TypeError("passMs must be a number from 0");
    passTime(passMs);
    return done(context);
  });
  app.get("/stats", (context) => context.json(simulator.stats()));
  app.get("/machines/:id", (context) => {
    const id = context.req.param("id");
    const { created, made } = simulator.stats();
    const snapshots = simulator.snapshotsOf(id);
    return context.json({ created: created[id] ?? 0, made: made[id] ?? 0, snapshots });
  });
  app.get("/machines/:id/snapshots", (context) =>
    context.json(simulator.snapshotsOf(context.req.param("id"))),
  );
  return app;
}

function mistaken(error) {
  return error instanceof TypeError || error instanceof SyntaxError;
}
