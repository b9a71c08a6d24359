/** One line of an option file: `[option, value]`, or a comment as plain text. */
export type OptionLine = readonly [option: string, value: string | number] | string;

export interface OptionGroup {
  /** Without brackets: mariadbd, client. */
  readonly name: string;
  readonly lines: readonly OptionLine[];
}

/** A MariaDB option file. `header` becomes the comment at the top, without its `#`. */
export function optionFile(groups: readonly OptionGroup[], header: string): string {
  return `${[`# ${header}`, ...groups.map(groupText)].join("\n\n")}\n`;
}

function groupText(group: OptionGroup): string {
  const lines = group.lines.map((line) => (typeof line === "string" ? `# ${line}` : `${line[0]}=${line[1]}`));
  return [`[${group.name}]`, ...lines].join("\n");
}

/** A text literal of SQL in the default sql_mode, where a backslash escapes. */
export function sqlText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

/** A quoted identifier. */
export function sqlName(name: string): string {
  return `\`${name.replaceAll("`", "``")}\``;
}

/** The name of one database in GRANT and REVOKE, where `_` and `%` would otherwise stand for any character. */
export function sqlGrantDatabase(name: string): string {
  return sqlName(name.replaceAll("_", "\\_").replaceAll("%", "\\%"));
}

/** `'user'@'host'` */
export function sqlAccount(user: string, host: string): string {
  return `${sqlText(user)}@${sqlText(host)}`;
}
