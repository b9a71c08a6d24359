/** A section of haproxy.cfg. Lines that begin with `#` are comments; an empty line stays empty. */
export interface HaproxySection {
  readonly kind: "global" | "defaults" | "frontend" | "backend" | "listen" | "peers";
  /** Every section but `global` has one. */
  readonly name?: string;
  /** For `frontend`, `backend`, `listen`: the `defaults` section they take over. */
  readonly from?: string;
  /** Why the section is there: the comment above it. */
  readonly why?: string;
  readonly lines: readonly string[];
}

/** haproxy.cfg (HAProxy 3.0 configuration manual, section 2). Lines are written as they are: quote values by `haproxyWord`. */
export function haproxyFile(sections: readonly HaproxySection[], header: string): string {
  const written = [`# ${header}`, ...sections.map(sectionText)];
  return [...written.slice(0, -1), `${written.at(-1)}\n`].join("\n\n");
}

/** One argument of a line, quoted where needed: strong quotes, or weak ones around a strong one (section 2.2). */
export function haproxyWord(text: string): string {
  if (/^[A-Za-z0-9_\-.,:/@%+=]+$/.test(text)) return text;
  if (!text.includes("'")) return `'${text}'`;
  return `"${text.replace(/["\\$]/g, "\\$&")}"`;
}

const texts = new WeakMap<HaproxySection, string>();

/** A section that many hosts share is written once. */
function sectionText(section: HaproxySection): string {
  const text = texts.get(section) ?? writtenSection(section);
  texts.set(section, text);
  return text;
}

function writtenSection({ kind, name, from, why, lines }: HaproxySection): string {
  const title = [kind, name, ...(from === undefined ? [] : ["from", from])]
    .filter((word) => word !== undefined)
    .join(" ");
  const comment = why === undefined ? [] : [`# ${why}`];
  return [...comment, title, ...lines.map((line) => (line === "" ? "" : `  ${line}`))].join("\n");
}
