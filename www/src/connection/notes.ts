import type { About } from "vra-snapshots";
import { copyOf, part, setText } from "../ui/dom.ts";
import { dateTime } from "../ui/format.ts";
import { type Connection, isCrossOrigin } from "./connection.ts";

/** The version that the client names in every call when it is told no other. */
export const SPOKEN_VERSION = "2021-07-15";

/** What the service says of the version that is spoken to it, and of the newest. */
export function versionNotes(about: About): { notes: HTMLElement[]; isDeprecated: boolean } {
  const spoken = about.supportedApis.find((api) => api.apiVersion === SPOKEN_VERSION);
  const notes = [
    `This page speaks API version ${SPOKEN_VERSION}; the service's latest is ${about.latestApiVersion}.`,
  ];
  if (!spoken) notes.push(`The service does not list ${SPOKEN_VERSION} among the versions it supports.`);
  const { deprecatedAt, expiresAt, description } = spoken?.deprecationPolicy ?? {};
  if (deprecatedAt) notes.push(`It is deprecated since ${dateTime(deprecatedAt)}.`);
  if (expiresAt) notes.push(`It expires ${dateTime(expiresAt)}.`);
  if (description) notes.push(description);
  return { notes: notes.map(paragraph), isDeprecated: Boolean(deprecatedAt || expiresAt) };
}

/** What to do where a browser lets no answer of another origin through; `undefined` where that cannot be the cause. */
export function corsHelp(connection: Connection): HTMLElement | undefined {
  if (!isCrossOrigin(connection) || !navigator.onLine) return undefined;
  const help = copyOf("cors-help", HTMLElement);
  const { origin } = new URL(connection.baseUrl);
  setText(part(help, "origin", HTMLElement), origin);
  setText(part(help, "page-origin", HTMLElement), location.origin);
  setText(
    part(help, "proxy", HTMLElement),
    `location /iaas/ {\n  proxy_pass ${origin};\n  proxy_ssl_server_name on;\n}`,
  );
  setText(
    part(help, "headers", HTMLElement),
    `Access-Control-Allow-Origin: ${location.origin}\nAccess-Control-Allow-Headers: Authorization, Content-Type\nAccess-Control-Allow-Methods: GET, POST, DELETE`,
  );
  // A worker answers the pages that it is told of.
  const isWorker = connection.kind === "edge";
  part(help, "allowed-origins", HTMLElement).hidden = !isWorker;
  for (const element of help.querySelectorAll<HTMLElement>("[data-part=of-service]"))
    element.hidden = isWorker;
  return help;
}

function paragraph(text: string): HTMLElement {
  const element = document.createElement("p");
  element.textContent = text;
  return element;
}
