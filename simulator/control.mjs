// What tests do to a simulator that runs in another process, over HTTP.
import { Hono } from "hono";

export function control(simulator) {
  const app = new Hono();
  app.onError((error, context) => context.json({ message: error.message }, mistaken(error) ? 400 : 500));
  const done = (context) => context.body(null, 204);

  app.post("/faults", async (context) => {
    simulator.inject(await context.req.json());
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
  app.get("/stats", (context) => context.json(simulator.stats()));
  app.get("/machines/:id/snapshots", (context) =>
    context.json(simulator.snapshotsOf(context.req.param("id"))),
  );
  return app;
}

function mistaken(error) {
  return error instanceof TypeError || error instanceof SyntaxError;
}
