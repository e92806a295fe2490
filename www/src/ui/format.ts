/** `0:07`, `12:30`, `1:02:03`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const tail = String(seconds % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** An estimate in words that promise no more than an estimate can: `under 10 s`, `40 s`, `3 min`, `2 h`. */
export function estimate(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return "under 10 s";
  if (seconds < 90) return `${Math.round(seconds / 10) * 10} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A time of the service in the reader's own way of writing times; what cannot be read is shown as it came. */
export function dateTime(when: string | number): string {
  const time = new Date(when);
  if (Number.isNaN(time.getTime())) return String(when);
  return new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" }).format(time);
}

/** `1 machine`, `2 machines`; without a noun `2,000`. */
export function count(number: number, noun?: string): string {
  const digits = number.toLocaleString();
  return noun === undefined ? digits : `${digits} ${noun}${number === 1 ? "" : "s"}`;
}
