const PREFERENCE = "vra-snapshots:notify";

/** Tells whoever is elsewhere that something has ended: by the page's title, and by a notification where one is wanted. */
export class Notifier {
  readonly #title = document.title;
  #wanted = readPreference() && "Notification" in window && Notification.permission === "granted";

  constructor() {
    const back = () => {
      if (isLookedAt()) document.title = this.#title;
    };
    document.addEventListener("visibilitychange", back);
    window.addEventListener("focus", back);
  }

  /** Something has ended. Who looks at the page sees it there. */
  tell(text: string): void {
    if (isLookedAt()) return;
    document.title = `● ${text} – ${this.#title}`;
    if (!this.#wanted) return;
    try {
      new Notification(this.#title, { body: text, tag: "vra-snapshots" });
    } catch {
      // Some browsers have notifications for service workers only; the title has told.
    }
  }

  /** The switch, with what there is to say about it. Permission is asked for when it is turned on, not before. */
  control(): HTMLElement {
    const root = document.createElement("div");
    root.className = "notify";
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.setAttribute("role", "switch");
    box.checked = this.#wanted;
    const note = document.createElement("p");
    note.className = "hint";
    note.setAttribute("role", "status");
    label.append(box, " Notify me when something ends");
    root.append(label, note);
    box.addEventListener("change", () => void this.#turn(box, note));
    return root;
  }

  async #turn(box: HTMLInputElement, note: HTMLElement): Promise<void> {
    note.textContent = "";
    if (box.checked) {
      const permission = "Notification" in window ? await Notification.requestPermission() : "unsupported";
      if (permission !== "granted") {
        box.checked = false;
        note.textContent =
          permission === "unsupported"
            ? "This browser has no notifications. The tab's title tells."
            : "The browser does not allow notifications from this page. The tab's title tells.";
      }
    }
    this.#wanted = box.checked;
    writePreference(this.#wanted);
  }
}

function isLookedAt(): boolean {
  return document.visibilityState === "visible" && document.hasFocus();
}

function readPreference(): boolean {
  try {
    return localStorage.getItem(PREFERENCE) === "yes";
  } catch {
    return false;
  }
}

function writePreference(wanted: boolean): void {
  try {
    if (wanted) localStorage.setItem(PREFERENCE, "yes");
    else localStorage.removeItem(PREFERENCE);
  } catch {
    // It is then for this page only.
  }
}
