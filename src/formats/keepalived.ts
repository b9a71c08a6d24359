/** A keyword with its values, a comment that begins with `#`, or a block. keepalived wants each on a line of its own. */
export type KeepalivedLine = string | KeepalivedBlock;

export interface KeepalivedBlock {
  readonly block: string;
  readonly lines: readonly KeepalivedLine[];
}

/** keepalived.conf(5). */
export function keepalivedFile(lines: readonly KeepalivedLine[], header: string): string {
  return `# ${header}\n\n${lines.map((one) => lineText(one, "")).join("\n")}\n`;
}

export function keepalivedBlock(block: string, ...lines: readonly KeepalivedLine[]): KeepalivedBlock {
  return { block, lines };
}

function lineText(line: KeepalivedLine, margin: string): string {
  if (typeof line === "string") return line === "" ? "" : margin + line;
  const inner = line.lines.map((one) => lineText(one, `${margin}  `));
  return [`${margin}${line.block} {`, ...inner, `${margin}}`].join("\n");
}
