// Tables, as plain text for a terminal or as Markdown for a README.

export const fixed = (number, digits) => number.toFixed(digits);
export const signed = (number, digits) => `${number < 0 ? "" : "+"}${fixed(number, digits)}`;

/** Columns of names and of numbers; what follows tells how to read them. */
export function table(title, columns, rows, notes = []) {
  const isNumeric = columns.map((_, place) => rows.every((row) => /^[-+\d]/.test(row[place])));
  return { title, columns, rows, notes, isNumeric };
}

export function asText({ title, columns, rows, notes, isNumeric }) {
  const lines = [columns, ...rows];
  const widths = columns.map((_, place) => Math.max(...lines.map((cells) => cells[place].length)));
  const align = (cell, place) =>
    isNumeric[place] ? cell.padStart(widths[place]) : cell.padEnd(widths[place]);
  const text = lines.map((cells) => `  ${cells.map(align).join("  ").trimEnd()}`);
  return paragraphs([title, text.join("\n"), ...notes.map((note) => `  ${note}`)]);
}

export function asMarkdown({ title, columns, rows, notes, isNumeric }) {
  const rule = isNumeric.map((numeric) => (numeric ? "---:" : "---"));
  const text = [columns, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`);
  return paragraphs([`**${title}**`, text.join("\n"), ...notes]);
}

const paragraphs = (texts) => `${texts.join("\n\n")}\n`;
