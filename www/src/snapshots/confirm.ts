import { byId, part, setText, showText } from "../ui/dom.ts";

export interface Question {
  title: string;
  /** What will be, in words that leave no doubt. */
  text: string;
  /** What the button says that does it. */
  action: string;
  /** Has to be typed; for what cannot be taken back. */
  typed?: string;
}

/** Asks before something is done that cannot be undone, and tells whether it shall be. */
export function confirmed({ title, text, action, typed }: Question): Promise<boolean> {
  const dialog = byId("confirm", HTMLDialogElement);
  // One answer is for one question: a second click asks nothing.
  if (dialog.open) return Promise.resolve(false);
  const input = part(dialog, "typed", HTMLInputElement);
  const error = part(dialog, "error", HTMLElement);
  const cancel = part(dialog, "cancel", HTMLButtonElement);
  const form = part(dialog, "form", HTMLFormElement);
  setText(part(dialog, "title", HTMLElement), title);
  setText(part(dialog, "text", HTMLElement), text);
  setText(part(dialog, "action", HTMLElement), action);
  setText(part(dialog, "to-type", HTMLElement), typed ?? "");
  part(dialog, "typed-field", HTMLElement).hidden = typed === undefined;
  const refuse = (reason: string | undefined) => {
    showText(error, reason);
    if (reason) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  input.value = "";
  refuse(undefined);

  return new Promise((resolve) => {
    const over = new AbortController();
    const { signal } = over;
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        if (typed === undefined || input.value.trim() === typed.trim()) return dialog.close("yes");
        refuse(input.value ? "This is not its name." : "Type the name first.");
        input.focus();
      },
      { signal },
    );
    input.addEventListener("input", () => refuse(undefined), { signal });
    cancel.addEventListener("click", () => dialog.close("no"), { signal });
    dialog.addEventListener(
      "close",
      () => {
        over.abort();
        resolve(dialog.returnValue === "yes");
      },
      { signal },
    );
    // Escape closes it without a value of its own.
    dialog.returnValue = "no";
    dialog.showModal();
    (typed === undefined ? cancel : input).focus();
  });
}
