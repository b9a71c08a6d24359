/** One line of a unit file: `[key, value]`, or a comment as plain text. An empty value resets a list that Debian's unit set. */
export type SystemdLine = readonly [key: string, value: string] | string;

/** A section of a unit file or drop-in: `name` without brackets. */
export interface SystemdSection {
  readonly name: string;
  readonly lines: readonly SystemdLine[];
}

/**
 * A unit file or a drop-in (systemd.syntax(7)). `header` becomes the comment at the top, without its `#`; values are written
 * as they are: use `systemdQuote` for words of a command line and `systemdLiteral` against `%` specifiers.
 */
export function systemdFile(sections: readonly SystemdSection[], header: string): string {
  return `${[comment(header), ...sections.map(sectionText)].join("\n\n")}\n`;
}

/** One word of an Exec… line: quoted where needed, with `%` and `$` taken literally. */
export function systemdQuote(word: string): string {
  return quoted(systemdLiteral(word).replaceAll("$", "$$$$"));
}

/** The value of an Environment= line: the assignment quoted where needed. `$` has no meaning there (systemd.exec(5)). */
export function systemdAssignment(name: string, value: string): string {
  return quoted(systemdLiteral(`${name}=${value}`));
}

/** The text with `%` doubled, so that systemd expands no specifier in it. */
export function systemdLiteral(text: string): string {
  return text.replaceAll("%", "%%");
}

function quoted(text: string): string {
  if (/^[A-Za-z0-9_\-.,:/@%+=$]+$/.test(text)) return text;
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

function sectionText(section: SystemdSection): string {
  const lines = section.lines.map((line) => (typeof line === "string" ? comment(line) : `${line[0]}=${line[1]}`));
  return [`[${section.name}]`, ...lines].join("\n");
}

/** A line break in a comment must not turn its rest into a setting. */
function comment(text: string): string {
  return text
    .split("\n")
    .map((line) => `# ${line}`.trimEnd())
    .join("\n");
}
