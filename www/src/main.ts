// The package compiles its WebAssembly as it is imported. Importing the page here, not statically, lets a browser
// that cannot do that say so instead of staying at "Connecting".
import("./page.ts").then(({ start }) => start()).catch(showFailure);

function showFailure(error: unknown): void {
  const notice = document.createElement("p");
  notice.className = "startup-failure";
  notice.setAttribute("role", "alert");
  notice.textContent = `This page could not start: ${error instanceof Error ? error.message : String(error)}`;
  document.body.prepend(notice);
}
