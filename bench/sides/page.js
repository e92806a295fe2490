// One contestant in a page of its own, told by the bench what to do.
import { sideOf } from "./side.js";

window.begin = async (options) => {
  const doWork = await sideOf(options);
  window.work = ({ work, count }) => doWork(work, count);
};
