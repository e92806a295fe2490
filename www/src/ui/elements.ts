// Elements made by script: rows that come by the thousand have no template to be found in the page each time.

/** An element with a class and what is in it. Strings become text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = "",
  ...content: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

export function button(label: string, className: string, onClick: () => void): HTMLButtonElement {
  const made = element("button", `button ${className}`.trim(), label);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/** A button that is a cross. */
export function dismissButton(onClick: () => void): HTMLButtonElement {
  const made = button("", "is-quiet is-icon", onClick);
  made.title = "Dismiss";
  const SVG = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("aria-hidden", "true");
  const cross = document.createElementNS(SVG, "path");
  cross.setAttribute("d", "M4 4l8 8M12 4l-8 8");
  picture.append(cross);
  made.append(picture);
  return made;
}

/** A fact of a `<dl class="facts">`; hidden while it has no value. */
export class Fact {
  readonly element: HTMLElement;
  readonly #value = element("dd");

  constructor(name: string) {
    this.element = element("div", "", element("dt", "", name), this.#value);
    this.element.hidden = true;
  }

  show(value: string | undefined): void {
    this.element.hidden = value === undefined;
    if (this.#value.textContent !== (value ?? "")) this.#value.textContent = value ?? "";
  }
}
