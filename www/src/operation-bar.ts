import { element } from "./operation-elements.ts";

/** How far an operation is, as a bar. What is not known runs to and fro, and pretends no amount. */
export class OperationBar {
  readonly element = element("progress");

  constructor(label: string) {
    this.element.max = 100;
    this.element.setAttribute("aria-label", label);
  }

  show(progress: number | undefined, isOver: boolean): void {
    if (progress === undefined) this.element.removeAttribute("value");
    else if (this.element.value !== progress || !this.element.hasAttribute("value"))
      this.element.value = progress;
    // Without a value the bar of what is over would run on for ever.
    this.element.hidden = isOver && progress === undefined;
  }
}
