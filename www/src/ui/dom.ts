type ElementType<T extends Element> = abstract new (...none: never[]) => T;

/** The element of index.html with this id. */
export function byId<T extends Element>(id: string, type: ElementType<T>): T {
  return expect(document.getElementById(id), `#${id}`, type);
}

/** The element marked `data-part="<name>"` inside `root`. */
export function part<T extends Element>(root: ParentNode, name: string, type: ElementType<T>): T {
  return expect(root.querySelector(`[data-part="${name}"]`), `part "${name}"`, type);
}

/** A copy of the one element inside this `<template>` of index.html. */
export function copyOf<T extends Element>(templateId: string, type: ElementType<T>): T {
  const template = byId(templateId, HTMLTemplateElement);
  return expect(
    document.importNode(template.content, true).firstElementChild,
    `<template> ${templateId}`,
    type,
  );
}

/** Shows `text` in the element, or hides the element when there is none. Text is never read as markup. */
export function showText(element: HTMLElement, text: string | undefined): void {
  element.hidden = text === undefined;
  setText(element, text ?? "");
}

/** Writes only what is new, so that a card that is updated often does not disturb a selection in it. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A button that is not in index.html, since it stands with what is not either. */
export function button(label: string, onClick: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.className = "button";
  element.textContent = label;
  element.addEventListener("click", onClick);
  return element;
}

function expect<T extends Element>(found: Element | null, what: string, type: ElementType<T>): T {
  if (found instanceof type) return found;
  throw new Error(`index.html has no ${what} of type ${type.name}`);
}
