import type { EntryView, FleetRecord } from "../storage/fleet-record.ts";

const COLUMNS = [
  "machine",
  "machineId",
  "status",
  "snapshotId",
  "snapshotName",
  "createdAt",
  "errorCode",
  "reason",
] as const;

type Row = Record<(typeof COLUMNS)[number], string>;

/** What has become of each machine, those that the preflight left out too. */
export function reportRows(record: FleetRecord, entries: readonly EntryView[]): Row[] {
  const asked = entries.map((entry) => ({
    machine: entry.name,
    machineId: entry.machineId,
    status: entry.status as string,
    snapshotId: entry.snapshotId ?? "",
    snapshotName: entry.snapshotName ?? "",
    createdAt: entry.createdAt ?? "",
    errorCode: entry.errorCode ?? "",
    reason: entry.reason ?? "",
  }));
  const leftOut = record.leftOut.map(({ machineId, name, reason }) => ({
    machine: name,
    machineId,
    status: "leftOut",
    snapshotId: "",
    snapshotName: "",
    createdAt: "",
    errorCode: "",
    reason,
  }));
  return [...asked, ...leftOut];
}

/** RFC 4180: lines end in CRLF, a field with a comma, a quote or a line break is quoted. */
export function reportCsv(rows: readonly Row[]): string {
  const lines = [
    COLUMNS.join(","),
    ...rows.map((row) => COLUMNS.map((column) => field(row[column])).join(",")),
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

export function reportJson(record: FleetRecord, rows: readonly Row[]): string {
  const { id, title, size, counts, service, startedAt, endedAt } = record;
  const times = {
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt && { endedAt: new Date(endedAt).toISOString() }),
  };
  const machines = rows.map((row) =>
    Object.fromEntries(Object.entries(row).filter(([, value]) => value !== "")),
  );
  return `${JSON.stringify({ id, title, service: service.label, ...times, size, counts, machines }, null, 2)}\n`;
}

/** Gives a text to the reader as a file. */
export function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser reads it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A spreadsheet takes what begins so for a formula, and a machine may be named by anybody: an apostrophe makes it text. */
function field(text: string): string {
  const guarded = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}
