// As a user of React 19 writes it; what JSX would be is spelled out.
import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import "vra-snapshots/element";

function App({ operations }) {
  const [index, setIndex] = useState(0);
  const [seen, setSeen] = useState("");
  return createElement(
    "div",
    null,
    createElement("snapshot-progress", {
      operation: operations[index],
      label: `operation ${index}`,
      quiet: index === 1,
      "onsnapshot-end": ({ detail }) => setSeen(detail.snapshot.name),
    }),
    createElement("output", null, seen),
    createElement("button", { type: "button", onClick: () => setIndex(index + 1) }, "next"),
  );
}

globalThis.mount = (operations) => {
  const root = createRoot(document.querySelector("main"));
  root.render(createElement(App, { operations }));
  return () => root.unmount();
};
