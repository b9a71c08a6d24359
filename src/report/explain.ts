import { hanging, harmless, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** Why one thing is on a host. */
export interface Explanation {
  readonly host: string;
  /** resourceId */
  readonly id: string;
  /** What it is: "a file, 0644 root:root, 1,204 bytes". */
  readonly what: string;
  readonly role: string;
  /** What that role is for. */
  readonly roleSummary: string;
  readonly why: string;
  /** Path in the site file; "" when it follows from the role alone. */
  readonly path: string;
  /** The site file and its line, as `rampart.config.ts:12`; undefined when the line is not known. */
  readonly place: string | undefined;
  /** What happens when it changes: "nginx.service is reloaded". */
  readonly effects: readonly string[];
  /** Commands that show it. */
  readonly commands: readonly string[];
}

/** Which role wants a thing, from which line of the site file, why, and what follows when it changes. */
export function explainText(explanation: Explanation, style: Style): string {
  const { host, id, what, role, roleSummary, why, effects, commands } = explanation;
  const paint = colors(style);
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["is", [what]],
    ["wanted by", [`role ${role}: ${roleSummary}`]],
    ["because", [harmless(why)]],
    ["follows from", [sourceText(explanation)]],
    ...(effects.length > 0 ? [["when it changes", effects] as const] : []),
  ];
  const column = 19;
  const text = rows.map(([label, sentences]) =>
    hanging(
      `  ${paint.dim(label)}`,
      sentences.flatMap((one) => wrapped(one, style.width - column)),
      column,
    ),
  );
  const look = hanging(`  ${paint.dim("look at it")}`, commands.map(paint.command), column);
  const subject = id.slice(id.indexOf(":") + 1);
  return `${paint.bold(`${host}:${subject}`)}\n\n${[...text, ...(commands.length > 0 ? [look] : [])].join("\n")}`;
}

function sourceText({ path, place }: Explanation): string {
  if (path === "") return "the role alone, whatever the site file says";
  return place === undefined ? `${path} (a default: rampart config tells why)` : `${path}, ${place}`;
}

/** Everything that is on a host, by kind. */
export function explainListText(host: string, explanations: readonly Explanation[], style: Style): string {
  const paint = colors(style);
  const kinds = [...new Set(explanations.map((one) => one.id.split(":")[0] ?? ""))];
  const blocks = kinds.map((kind) => {
    const rows = explanations
      .filter((one) => one.id.startsWith(`${kind}:`))
      .map((one) => [one.id.slice(kind.length + 1), paint.dim(one.role)]);
    return `${paint.bold(kind)}\n${table(rows)}`;
  });
  const last = `Why one of them is there:  ${paint.command(`rampart explain ${host}:NAME`)}`;
  return `${blocks.join("\n\n")}\n\n${last}`;
}
