import { Problem } from "../http/problem.ts";

/** What a stream is told: how the fleet is at a revision. `isLast`: nothing comes after it. */
export interface News {
  revision: number;
  text: string;
  isLast: boolean;
}

/** A proxy takes a connection that says nothing for a dead one. */
const BREATH_MS = 20_000;
const MOST_STREAMS = 500;

interface Reader {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** The revision it has been told. */
  told: number;
}

/**
 * The streams of server-sent events of a fleet. Nothing is queued for a reader that is slow: what it has not been told
 * yet it gets at once, when it can take it.
 */
export class FleetEvents {
  readonly #newsSince: (since: number) => News | undefined;
  readonly #readers = new Set<Reader>();
  readonly #encoder = new TextEncoder();
  #breath: number | null = null;

  /** `newsSince` gives what has happened since a revision; nothing if nothing has. */
  constructor(newsSince: (since: number) => News | undefined) {
    this.#newsSince = newsSince;
  }

  /** @throws Problem if there are too many. */
  open(since: number): ReadableStream<Uint8Array> {
    if (this.#readers.size >= MOST_STREAMS)
      throw new Problem("rate_limited", `${MOST_STREAMS} streams of this fleet are open.`, {
        headers: { "retry-after": "30" },
      });
    let reader: Reader;
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          reader = { controller, told: since };
          this.#readers.add(reader);
          this.#breath ??= setInterval(() => this.#breathe(), BREATH_MS);
          controller.enqueue(this.#encoder.encode("retry: 2000\n\n"));
        },
        pull: () => {
          if (this.#readers.has(reader)) this.#tell(reader, this.#newsSince(reader.told));
        },
        cancel: () => this.#drop(reader),
      },
      { highWaterMark: 4 },
    );
  }

  /** Something has happened since this revision; `latest` is what. */
  publish(since: number, latest: () => News): void {
    // Most have been told all that was before, and are told the same.
    let news: News | undefined;
    for (const reader of this.#readers) {
      if (!hasRoom(reader)) continue;
      if (reader.told !== since) this.#tell(reader, this.#newsSince(reader.told));
      else {
        news ??= latest();
        this.#tell(reader, news);
      }
    }
  }

  #tell(reader: Reader, news: News | undefined): void {
    if (!news) return;
    reader.told = news.revision;
    reader.controller.enqueue(this.#encoder.encode(news.text));
    if (!news.isLast) return;
    reader.controller.close();
    this.#drop(reader);
  }

  #breathe(): void {
    for (const reader of this.#readers)
      if (hasRoom(reader)) reader.controller.enqueue(this.#encoder.encode(":\n\n"));
  }

  #drop(reader: Reader): void {
    this.#readers.delete(reader);
    if (this.#readers.size > 0) return;
    // It would keep the object awake.
    clearInterval(this.#breath);
    this.#breath = null;
  }
}

function hasRoom({ controller }: Reader): boolean {
  return (controller.desiredSize ?? 0) > 0;
}
