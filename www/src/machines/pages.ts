import type { Machine, SnapshotClient } from "vra-snapshots";

const PAGE_SIZE = 200;

/**
 * The machines a page at a time. The client asks the service for the next page when it is read into, so one machine
 * is always read ahead: it tells whether there are more, and the next page is there when somebody asks for it.
 */
export class MachinePages {
  readonly #machines: AsyncIterableIterator<Machine>;
  #ahead: Promise<IteratorResult<Machine>>;

  constructor(client: SnapshotClient, signal: AbortSignal) {
    this.#machines = client.listMachines({ orderBy: "name", pageSize: PAGE_SIZE }, { signal });
    this.#ahead = this.#read();
  }

  async next(): Promise<Machine[]> {
    const page: Machine[] = [];
    while (page.length < PAGE_SIZE) {
      const { done, value } = await this.#ahead;
      if (done) break;
      page.push(value);
      this.#ahead = this.#read();
    }
    return page;
  }

  async hasMore(): Promise<boolean> {
    return !(await this.#ahead).done;
  }

  #read(): Promise<IteratorResult<Machine>> {
    const ahead = this.#machines.next();
    // Whoever reads it is told of a failure; until then it is nobody's unhandled rejection.
    ahead.catch(() => {});
    return ahead;
  }
}
