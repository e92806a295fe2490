import { DurableObject } from "cloudflare:workers";
import { type Env, objectOf } from "../env.ts";
import type { FleetSummary } from "./view.ts";

/** Which fleets there are; the newest of each is with its own object until it is over. */
export class FleetDirectory extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(
      "CREATE TABLE IF NOT EXISTS fleet (created TEXT NOT NULL, id TEXT NOT NULL, summary TEXT NOT NULL, PRIMARY KEY (created, id)) WITHOUT ROWID",
    );
  }

  put(summary: FleetSummary): void {
    this.ctx.storage.sql.exec(
      "INSERT OR REPLACE INTO fleet (created, id, summary) VALUES (?, ?, ?)",
      summary.createdAt,
      summary.id,
      JSON.stringify(summary),
    );
  }

  remove(id: string): void {
    this.ctx.storage.sql.exec("DELETE FROM fleet WHERE id = ?", id);
  }

  /** As they were told last; the newest first, after this one. */
  list(limit: number, after?: { createdAt: string; id: string }): FleetSummary[] {
    const { createdAt, id } = after ?? { createdAt: "~", id: "" };
    return this.ctx.storage.sql
      .exec<{ summary: string }>(
        "SELECT summary FROM fleet WHERE (created, id) < (?, ?) ORDER BY created DESC, id DESC LIMIT ?",
        createdAt,
        id,
        limit,
      )
      .toArray()
      .map(({ summary }) => JSON.parse(summary));
  }
}

/** The one directory. */
export function directoryOf(env: Env): DurableObjectStub<FleetDirectory> {
  return objectOf<FleetDirectory>(env.DIRECTORY, "fleets");
}
