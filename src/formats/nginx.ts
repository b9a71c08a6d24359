/** A directive without its semicolon, a comment that begins with `#`, or a block of directives. */
export type NginxDirective = string | NginxBlock;

export interface NginxBlock {
  /** What stands before the brace: `server`, `location /`. */
  readonly block: string;
  readonly lines: readonly NginxDirective[];
}

/** nginx.conf. Directives are written as they are: quote values by `nginxWord`. */
export function nginxFile(directives: readonly NginxDirective[], header: string): string {
  return `# ${header}\n\n${directives.map((one) => directiveText(one, "")).join("\n")}\n`;
}

export function nginxBlock(block: string, ...lines: readonly NginxDirective[]): NginxBlock {
  return { block, lines };
}

/** One argument, quoted where needed. `$` stays: it begins a variable, and nginx knows no way to write it literally. */
export function nginxWord(text: string): string {
  return /^[^\s;{}"'\\#]+$/.test(text) ? text : `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function directiveText(directive: NginxDirective, margin: string): string {
  if (typeof directive === "string") {
    if (directive === "") return "";
    return directive.startsWith("#") ? margin + directive : `${margin}${directive};`;
  }
  const lines = directive.lines.map((one) => directiveText(one, `${margin}  `));
  return [`${margin}${directive.block} {`, ...lines, `${margin}}`].join("\n");
}
