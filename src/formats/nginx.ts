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

/** What a client's subject matches when its certificate names `name`: a parameter of `map $ssl_client_s_dn`. */
export function nginxClient(name: string): string {
  return nginxWord(`~(^|,)CN=${name.replaceAll(".", "\\.")}(,|$)`);
}

/** A variable that is 1 for clients whose certificate names `name`, else 0: being signed by the site's CA is not enough. */
export function nginxClientIs(variable: string, name: string): NginxDirective {
  return nginxBlock(`map $ssl_client_s_dn ${variable}`, "default 0", `${nginxClient(name)} 1`);
}
