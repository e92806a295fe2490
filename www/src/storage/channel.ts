import type { EntryView, FleetRecord } from "./fleet-record.ts";
import type { OperationRecord } from "./operation-record.ts";

/** What the tab that drives tells the others. They show it, and read the rest from the store. */
export type News =
  | { type: "operation"; record: OperationRecord }
  | { type: "fleet"; record: FleetRecord; changed: EntryView[] }
  | { type: "dismissed"; id: string };

export class Channel {
  readonly #channel = new BroadcastChannel("vra-snapshots");

  constructor(listener: (news: News) => void) {
    this.#channel.addEventListener("message", ({ data }: MessageEvent<News>) => listener(data));
  }

  tell(news: News): void {
    this.#channel.postMessage(news);
  }
}
