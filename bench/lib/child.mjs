// A process that is told by messages what to do, and answers each with one.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Starts a file of the bench, and waits for its first message. */
export async function start(file, args = [], options = {}) {
  const child = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), args, options);
  let answered;
  child.on("message", (message) => answered.resolve(message));
  // Whatever the code: nobody waits for one that may end.
  child.on("exit", (code) => answered.reject(new Error(`${[file, ...args].join(" ")} ended with ${code}`)));
  const answer = () => new Promise((resolve, reject) => (answered = { resolve, reject }));
  const ask = (message) => {
    child.send(message);
    return answer();
  };
  return { first: await answer(), ask, end: () => child.kill() };
}
