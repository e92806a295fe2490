import { copyOf, part, showText } from "../ui/dom.ts";

/** The custom properties of the form: rows of key and value, added and removed as needed. */
export class PropertyRows {
  readonly #list: HTMLElement;
  readonly #add: HTMLButtonElement;
  readonly #error: HTMLElement;

  constructor(root: HTMLElement) {
    this.#list = part(root, "property-rows", HTMLElement);
    this.#add = part(root, "add-property", HTMLButtonElement);
    this.#error = part(root, "properties-error", HTMLElement);
    this.#add.addEventListener("click", () => this.#append());
    this.#list.addEventListener("input", () => this.#clearError());
  }

  /** The properties, or `undefined` when a row is not right; the reader is then told which and why. */
  read(): Record<string, string> | undefined {
    this.#clearError();
    const properties = new Map<string, string>();
    for (const row of this.#list.children) {
      const key = part(row, "key", HTMLInputElement);
      const value = part(row, "value", HTMLInputElement).value;
      const name = key.value.trim();
      if (name === "" && value === "") continue;
      if (name === "") return this.#refuse(key, `A property needs a key; the value “${value}” has none.`);
      if (properties.has(name)) return this.#refuse(key, `The key “${name}” is there twice.`);
      properties.set(name, value);
    }
    return Object.fromEntries(properties);
  }

  #append(): void {
    const row = copyOf("property-row", HTMLElement);
    part(row, "remove", HTMLButtonElement).addEventListener("click", () => this.#remove(row));
    this.#list.append(row);
    this.#number();
    part(row, "key", HTMLInputElement).focus();
  }

  /** The focus goes to a neighbour, not to the top of the page. */
  #remove(row: HTMLElement): void {
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    this.#number();
    this.#clearError();
    if (neighbour) part(neighbour, "remove", HTMLButtonElement).focus();
    else this.#add.focus();
  }

  #number(): void {
    for (const [index, row] of [...this.#list.children].entries()) {
      part(row, "key", HTMLInputElement).setAttribute("aria-label", `Key of property ${index + 1}`);
      part(row, "value", HTMLInputElement).setAttribute("aria-label", `Value of property ${index + 1}`);
      part(row, "remove", HTMLButtonElement).setAttribute("aria-label", `Remove property ${index + 1}`);
    }
  }

  #refuse(key: HTMLInputElement, reason: string): undefined {
    showText(this.#error, reason);
    key.setAttribute("aria-invalid", "true");
    key.setAttribute("aria-describedby", this.#error.id);
    key.focus();
  }

  #clearError(): void {
    showText(this.#error, undefined);
    for (const key of this.#list.querySelectorAll("[aria-invalid]")) {
      key.removeAttribute("aria-invalid");
      key.removeAttribute("aria-describedby");
    }
  }
}
