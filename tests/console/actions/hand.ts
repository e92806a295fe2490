// What runs in the page: a hand that clicks faster than a person can, and a clock that passes by while nothing is awaited.

/** How the clicks of one press follow each other. */
export type Manner = "once" | "sameTick" | "double";

/** A card of the page: an operation or a fleet. */
export interface Card {
  title: string;
  standing: string;
  note: string;
  /** What its visible buttons say. */
  buttons: string[];
}

export interface Hand {
  /** Clicks on what says so, of the nth card that has it; with `Connect` among them, the connection's button. Gives how many buttons there were. */
  press(labels: string[], nth: number, manner: Manner): Promise<number>;
  /** Chooses the machines whose names begin so, and starts: a plan first where there are several. */
  begin(prefix: string, size: number, manner: Manner): Promise<string>;
  /** Goes on with all there is until it has finished; gives how many snapshots that was, or throws what is stuck. */
  finish(): Promise<number>;
  /** Dismisses all, and gives what is left of it: in the store, and locks. */
  clear(): Promise<string[]>;
  /** Until the page shows so many cards, or that many were not to be had. */
  shows(cards: number): Promise<void>;
  /** Until a card has a button that says so; not for long, since it may never. */
  offers(label: string): Promise<boolean>;
  cards(): Card[];
}

declare global {
  interface Window {
    hand: Hand;
  }
}

/** Installed before the page's own scripts. It is sent to the page as text, so it uses nothing of this module. */
export function installHand(speed: number): void {
  // The page's time runs so many times as fast, but as it is while an answer is awaited: no limit of a request is hit
  // because the machine is busy.
  const real = {
    fetch: window.fetch.bind(window),
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window),
    now: performance.now.bind(performance),
    dateNow: Date.now.bind(Date),
  };
  const FRAME_MS = 16;
  // What is waited for is looked at so often: with several pages on few cores, looking is a part of the work.
  const LOOK_MS = 50;
  // Only a page that hangs takes so long, however busy the machine is.
  const HUNG_MS = 180_000;
  type Timer = { due: number; every: number | undefined; run: () => void };
  const timers = new Map<number, Timer>();
  let awaited = 0;
  let ahead = 0;
  let last = real.now();
  let lastId = 0;
  let armed: number | undefined;
  const advance = () => {
    const now = real.now();
    if (awaited === 0) ahead += (now - last) * (speed - 1);
    last = now;
    return now + ahead;
  };
  const arm = () => {
    real.clearTimeout(armed);
    if (timers.size === 0) return;
    const wait = Math.min(...[...timers.values()].map(({ due }) => due)) - advance();
    armed = real.setTimeout(fire, Math.max(0, awaited === 0 ? wait / speed : wait));
  };
  const fire = () => {
    const now = advance();
    let first: [number, Timer] | undefined;
    for (const entry of timers)
      if (entry[1].due <= now && (!first || entry[1].due < first[1].due)) first = entry;
    if (first) {
      const [id, timer] = first;
      if (timer.every === undefined) timers.delete(id);
      else timer.due = now + timer.every;
      // The others have tasks of their own.
      real.setTimeout(arm, 0);
      timer.run();
    } else arm();
  };
  const set =
    (every: boolean) =>
    (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]) => {
      lastId += 1;
      const delay = Math.max(Number(ms) || 0, 0);
      timers.set(lastId, {
        due: advance() + delay,
        every: every ? Math.max(delay, 1) : undefined,
        run: () => run(...given),
      });
      arm();
      return lastId;
    };
  const clear = (id?: number) => void timers.delete(id ?? 0);
  const awaitedNow = (change: number) => {
    advance();
    awaited += change;
    arm();
  };
  Object.assign(window, {
    setTimeout: set(false),
    setInterval: set(true),
    clearTimeout: clear,
    clearInterval: clear,
    // Frames cost the browser much, and nothing is looked at.
    requestAnimationFrame: (draw: FrameRequestCallback) => real.setTimeout(() => draw(advance()), FRAME_MS),
    cancelAnimationFrame: (id: number) => real.clearTimeout(id),
    fetch: async (...asked: Parameters<typeof fetch>) => {
      awaitedNow(1);
      try {
        return await real.fetch(...asked);
      } finally {
        awaitedNow(-1);
      }
    },
  });
  // Nothing is looked at: what would be drawn is most of the work.
  document.addEventListener("DOMContentLoaded", () =>
    document.documentElement.style.setProperty("display", "none"),
  );
  performance.now = () => advance();
  Date.now = () => real.dateNow() + (advance() - real.now());

  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const until = async (isSo: () => boolean, patienceMs = HUNG_MS) => {
    const end = real.now() + patienceMs;
    while (!isSo()) {
      if (real.now() > end) return false;
      await new Promise((resolve) => real.setTimeout(resolve, LOOK_MS));
    }
    return true;
  };
  const one = <T extends HTMLElement>(selector: string) => document.querySelector<T>(selector) as T;
  const articles = () => [...document.querySelectorAll<HTMLElement>("#operations article, #fleets article")];
  const textOf = (button: HTMLElement) => button.textContent || button.title;
  const buttonsOf = (card: HTMLElement) =>
    [
      ...card.querySelectorAll<HTMLButtonElement>(
        ".operation-head button, .operation-foot button, .fleet-buttons button",
      ),
    ].filter((button) => !button.hidden);
  const withLabel = (label: string) =>
    articles().flatMap((card) => buttonsOf(card).filter((button) => new RegExp(label).test(textOf(button))));
  const connectButton = () => one<HTMLButtonElement>("#connection form button[type=submit]");
  const write = (selector: string, value: string) => {
    const field = one<HTMLInputElement>(selector);
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // An operation that is tried again is dismissed, and its card is gone until that of the next one is there. Which cards there
  // were, by the card that was tried again. The one of "Try again" and "Dismiss" that is pressed first counts.
  const retried = new Map<Element, Set<Element>>();
  const dismissed = new WeakSet<Element>();
  const areReplaced = () => {
    for (const [card, known] of retried)
      if (!card.isConnected && articles().some((other) => !known.has(other))) retried.delete(card);
    return [...retried.keys()].every((card) => card.isConnected);
  };
  const click = async (buttons: HTMLElement[], manner: Manner) => {
    // A card that is there now may be dismissed by this press.
    areReplaced();
    for (const button of buttons) {
      const card = button.closest("article");
      if (card && textOf(button) === "Dismiss" && !retried.has(card)) dismissed.add(card);
      if (card && textOf(button) === "Try again" && !dismissed.has(card) && !retried.has(card))
        retried.set(card, new Set(articles()));
      button.click();
    }
    if (manner === "once") return;
    if (manner === "double") await frame();
    for (const button of buttons) button.click();
  };
  const isBusy = () => /…$/.test(one("#snapshot-form [data-part=submit]").textContent ?? "");
  const isOffered = (element: HTMLElement) => element.closest("[hidden]") === null;
  const outcome = () => one("#snapshot-form [data-part=outcome]").textContent ?? "";

  const hand: Hand = {
    async press(labels, nth, manner) {
      // Before the page has started, its forms are the browser's own.
      await until(() => document.querySelector("#operations .tally") !== null);
      const buttons = labels.flatMap((label) => {
        if (label === "Connect") return [connectButton()];
        const found = withLabel(label);
        const chosen = found[nth % found.length];
        return chosen ? [chosen] : [];
      });
      await click(buttons, manner);
      return buttons.length;
    },

    async begin(prefix, size, manner) {
      await until(() => document.querySelector("#operations .tally") !== null);
      const count = () => one("#machines-count").textContent ?? "";
      if (!(await until(() => !isBusy() && !/^Loading/.test(count()), 5_000))) return "the form is busy";
      if (/^No machines|could not be/.test(count())) {
        one("#machines [data-part=reload]").click();
        await until(() => !/^Loading/.test(count()), 5_000);
      }
      if (!/^\d/.test(count())) return "there is no list";
      one("#machines [data-part=clear]").click();
      write("#search", prefix);
      one("#machines [data-part=select-all]").click();
      write("#snapshot-form [data-part=snapshot-name]", "patch-{machine}");
      const submit = one<HTMLButtonElement>("#snapshot-form [data-part=submit]");
      if (size === 1) {
        if (submit.textContent !== "Take snapshot") return `${submit.textContent}?`;
        await click([submit], manner);
        return "asked for";
      }
      if (submit.textContent !== `Check ${size} machines`) return `${submit.textContent}?`;
      write("#snapshot-form [data-part=concurrency]", String(size > 2 ? 2 : 1));
      await click([submit], manner);
      const start = one<HTMLButtonElement>("#snapshot-form [data-part=start]");
      await until(() => !isBusy() && (isOffered(start) || outcome() !== ""), 10_000);
      if (!isOffered(start)) return "no plan";
      await click([start], manner);
      return "asked for";
    },

    async finish() {
      await until(() => !isBusy());
      const isFinished = (card: HTMLElement) =>
        card.parentElement?.dataset.state === "finished" ||
        (card.closest("#operations") !== null && card.parentElement?.dataset.state === "gone");
      const helps =
        /^(Go on|Go on submitting|Watch again|Look, and submit if it is not there|Try again|Try .* again)$/;
      let pressed = 0;
      const done = await until(() => {
        pressed += 1;
        const open = articles().filter((card) => !isFinished(card));
        // Now and then: what was pressed needs a while.
        if (pressed % 5 === 0)
          for (const card of open)
            for (const button of buttonsOf(card))
              if (helps.test(textOf(button)) && button.getAttribute("aria-disabled") !== "true")
                void click([button], "once");
        return open.length === 0 && areReplaced();
      });
      if (!done) throw new Error(`not finished: ${JSON.stringify(hand.cards())}`);
      return articles().reduce((sum, card) => {
        const size = /of (\d+) machines/.exec(card.querySelector("h3")?.textContent ?? "")?.[1];
        return sum + Number(size ?? 1);
      }, 0);
    },

    async clear() {
      const gone = await until(() => {
        for (const button of withLabel("^Dismiss$")) button.click();
        return articles().length === 0;
      });
      const left = gone ? [] : hand.cards().map(({ title }) => `a card: ${title}`);
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const asked = indexedDB.open("vra-snapshots");
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => reject(asked.error);
      });
      for (const name of db.objectStoreNames) {
        const count = await new Promise<number>((resolve) => {
          const asked = db.transaction(name).objectStore(name).count();
          asked.onsuccess = () => resolve(asked.result);
        });
        if (count > 0) left.push(`${count} in ${name}`);
      }
      db.close();
      let held = 0;
      const isFree = async () => {
        held = ((await navigator.locks.query()).held ?? []).length;
        return held === 0;
      };
      for (let frames = 0; frames < 300 && !(await isFree()); frames += 1) await frame();
      if (held > 0) left.push(`${held} locks`);
      return left;
    },

    async shows(cards) {
      await until(() => articles().length >= cards, 3_000);
    },

    offers: (label) => until(() => withLabel(label).length > 0, 1_000),

    cards: () =>
      articles().map((card) => ({
        title: card.querySelector("h3")?.textContent ?? "",
        standing:
          card.querySelector(".operation-standing")?.textContent ?? card.parentElement?.dataset.state ?? "",
        note: card.querySelector(".operation-outcome")?.textContent ?? "",
        buttons: buttonsOf(card).map(textOf),
      })),
  };
  window.hand = hand;
}
