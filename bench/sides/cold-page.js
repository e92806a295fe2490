// A fresh page: from the arrival of the document to the first call of `fetch`, in ms.
import { MACHINE, settings } from "./work.js";

export function measure(connect) {
  const [{ responseStart }] = performance.getEntriesByType("navigation");
  const fetch = () => {
    window.firstCallMs ??= performance.now() - responseStart;
    return new Promise(() => {});
  };
  connect(settings({ baseUrl: location.origin, fetch })).createSnapshot(MACHINE, { name: "cold" });
}
