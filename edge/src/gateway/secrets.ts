/** What stands in an answer in place of a secret, as in the library's own errors. */
const MASK = "***";

/** A shorter text would hide too much else: the library leaves such secrets as they are, too. */
const SHORTEST = 8;

/**
 * The body without these secrets, as it streams through: a service, or a proxy before it, may repeat the token that it was
 * sent. It is found as it is, escaped as in JSON, percent-encoded, and in base64.
 */
export function masked(
  body: ReadableStream<Uint8Array> | null,
  secrets: readonly string[],
): ReadableStream<Uint8Array> | null {
  const spellings = secrets.filter(({ length }) => length >= SHORTEST).flatMap(spellingsOf);
  if (body === null || spellings.length === 0) return body;
  // The longest first: one secret may be a part of another.
  const longest = [...new Set(spellings)].sort((one, other) => other.length - one.length);
  const clean = (text: string) => longest.reduce((left, spelling) => left.replaceAll(spelling, MASK), text);
  // So much is held back: a secret may begin in one chunk and end in the next.
  const held = (longest[0]?.length ?? 1) - 1;
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  let rest = "";
  const masking = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      rest = clean(rest + decoder.decode(chunk, { stream: true }));
      const sent = rest.slice(0, Math.max(0, rest.length - held));
      rest = rest.slice(sent.length);
      if (sent !== "") controller.enqueue(encoder.encode(sent));
    },
    flush(controller) {
      const last = clean(rest + decoder.decode());
      if (last !== "") controller.enqueue(encoder.encode(last));
    },
  });
  return body.pipeThrough(masking);
}

/** How a body may spell a secret of visible ASCII characters. */
function spellingsOf(secret: string): string[] {
  const json = (text: string) => JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(secret);
  const lower = percent.replace(/%../g, (hex) => hex.toLowerCase());
  // Gson writes these so, and some writers escape the slash.
  const gson = json(secret).replace(/[=&<>']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`);
  const escaped = [json(secret), gson, json(secret).replaceAll("/", "\\/")];
  const base64 = [0, 1, 2].map((before) => base64Inside(secret, before));
  const forUrls = base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"));
  return [secret, ...escaped, ...escaped.map(json), percent, lower, ...base64, ...forUrls];
}

/** The part of a base64 text that depends on the secret alone, if so many bytes stand before it in its group of three. */
function base64Inside(secret: string, before: number): string {
  const bytes = before + secret.length;
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor((bytes * 8) / 6);
  return btoa("\0".repeat(before) + secret).slice(first, last);
}
