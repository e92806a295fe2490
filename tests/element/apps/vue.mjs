// As a user of Vue 3 writes it; what a template would be compiled to is spelled out.
import { createApp, h, ref } from "vue";
import "vra-snapshots/element";

const App = {
  props: { operations: Array },
  setup({ operations }) {
    const index = ref(0);
    const seen = ref("");
    return () => [
      h("snapshot-progress", {
        operation: operations[index.value],
        label: `operation ${index.value}`,
        quiet: index.value === 1,
        onSnapshotEnd: ({ detail }) => {
          seen.value = detail.snapshot.name;
        },
      }),
      h("output", seen.value),
      h("button", { type: "button", onClick: () => index.value++ }, "next"),
    ];
  },
};

globalThis.mount = (operations) => {
  const app = createApp(App, { operations });
  app.mount("main");
  return () => app.unmount();
};
