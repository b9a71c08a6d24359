import { duration, plural } from "../base/text.ts";
import type {
  Block,
  FirewallFinding,
  FirewallVerification,
  FlowMatrix,
  ReachExplanation,
  TriedWay,
} from "../model/firewall.ts";
import { hanging, harmless, table, wrapped } from "./layout.ts";
import { colors, type Style } from "./style.ts";

/** May A reach B:port, by what, and what did a real packet do? */
export function reachText(found: ReachExplanation, style: Style): string {
  const paint = colors(style);
  const { from, to, port, protocol, service, allowed } = found;
  const place = port === 0 ? protocol.toUpperCase() : `port ${port}${protocol === "udp" ? "/udp" : ""}`;
  const what = service === null ? `${place} of ${to}` : `${service.replace(/^[^.]*\./, "")} (${place}) on ${to}`;
  const head = hanging(
    allowed ? paint.good("yes.") : paint.bad("no."),
    wrapped(`${from} may ${allowed ? "" : "not "}reach ${what}.`, style.width - 6),
    6,
  );
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["declared", declaredLines(found)],
    ["rule", found.rules.map((rule) => `${rule.host} ${rule.chain}, ${harmless(rule.text)}`)],
    ["tried", found.tried ? triedLines(found, found.tried) : [`not tried: ${found.untried}`]],
    ["to allow it", found.remedy === null ? [] : [found.remedy]],
  ];
  const column = 18;
  const body = rows
    .filter(([, lines]) => lines.length > 0)
    .map(([label, lines]) =>
      hanging(
        `      ${paint.dim(label)}`,
        lines.flatMap((line) => wrapped(line, style.width - column)),
        column,
      ),
    );
  return [head, ...body].join("\n");
}

function declaredLines({ allowed, declared }: ReachExplanation): readonly string[] {
  if (declared.length === 0) return ["no flow ends there: nobody may"];
  return declared.map(({ who, why, role, place, path }) => {
    const source = [`roles/${role}`, ...(place === null ? [] : [place]), ...(path === "" ? [] : [path])].join(", ");
    return allowed ? `${why}  [${source}]` : `only ${who} may: ${why}  [${source}]`;
  });
}

function triedLines({ from, allowed }: ReachExplanation, tried: TriedWay): readonly string[] {
  const at = tried.at.slice(11, 19);
  const outcomes: Readonly<Record<TriedWay["result"], string>> = {
    open: "the connection came about",
    refused: "refused at once",
    filtered: "no answer",
    unreachable: "there is no way",
  };
  // What was let through is counted by rules of its own; at a refusal the last rules matter.
  const counted = tried.counted
    .filter((one) => allowed || /\b(drop|reject)\b/.test(one.rule))
    .map(({ host, chain, rule, packets }) => {
      const [, verdict = "pass"] = /\b(drop|reject)\b/.exec(rule) ?? [];
      return { host, chain, verdict, packets };
    });
  const words = allowed
    ? []
    : counted.map(({ host, verdict, packets }) => `${host} counted ${plural(packets, verdict)}`);
  const surprise =
    (tried.result === "open") === allowed
      ? []
      : [
          allowed
            ? "That is not as it should be: rampart firewall verify"
            : "It should have been stopped: rampart firewall verify",
        ];
  return [`${from} called at ${at}Z: ${[outcomes[tried.result], ...words].join("; ")}`, ...surprise];
}

const marks = { all: "●", some: "◐", none: "·" } as const;

/** Who may reach which service: numbered columns, so that many services fit, and a legend. */
export function matrixText({ rows, columns, cells }: FlowMatrix, style: Style): string {
  const paint = colors(style);
  const label = Math.max(...rows.map((row) => row.length)) + 2;
  const perBlock = Math.max(1, Math.floor((style.width - 2 - label) / 4));
  const blocks: string[] = [];
  for (let first = 0; first < columns.length; first += perBlock) {
    const numbers = columns.slice(first, first + perBlock).map((_, index) => String(first + index + 1));
    const lines = rows.map((row, index) => [
      paint.bold(row),
      ...(cells[index] ?? [])
        .slice(first, first + perBlock)
        .map((cell) => (cell === "none" ? paint.dim(marks.none) : paint.good(marks[cell]))),
    ]);
    blocks.push(table([["", ...numbers.map(paint.dim)], ...lines]));
  }
  const legend = columns.map(({ service, port, protocol }, index) => [
    paint.dim(String(index + 1)),
    service,
    port === 0 ? protocol.toUpperCase() : `${port}${protocol === "tcp" ? "" : `/${protocol}`}`,
  ]);
  const half = Math.ceil(legend.length / 2);
  const pairs = legend.slice(0, half).map((entry, index) => [...entry, "  ", ...(legend[half + index] ?? [])]);
  const last = `${marks.all} every host of the row reaches every host of the service  ${marks.some} some do  ${marks.none} none`;
  return [
    ...blocks,
    table(pairs),
    wrapped(last, style.width - 2)
      .map((line) => `  ${line}`)
      .join("\n"),
  ].join("\n\n");
}

/** What was found, worst first, and what was done to find it. */
export function verificationText(found: FirewallVerification, style: Style): string {
  const paint = colors(style);
  const { findings, hosts, pairs, ports, tries, open, sampled, seed, durationMs, full } = found;
  const number = (value: number) => value.toLocaleString("en-US");
  const sample = full ? "" : `, ${number(sampled.length)} of them drawn (--seed ${seed})`;
  const done = `${plural(hosts.length, "host")}, ${plural(pairs, "way")}, ${plural(ports, "TCP port")} each${sample}; ${plural(tries, "try", "tries")}, ${number(open)} open; ${duration(durationMs)}`;
  const detail = wrapped(done, style.width - 2).map((line) => `  ${line}`);
  if (findings.length === 0) {
    return [
      `${paint.good("✔")} The firewall is what the site declares: what is open is declared, what is declared is open.`,
    ]
      .flatMap((line) => wrapped(line, style.width))
      .concat(detail)
      .join("\n");
  }
  const head = `${paint.bad("✖")} ${plural(findings.length, "finding")}: the firewall is not what the site declares.`;
  return [...findings.map((one) => findingText(one, style)), "", head, ...detail].join("\n");
}

function findingText({ severity, host, port, protocol, process, what, remedy }: FirewallFinding, style: Style): string {
  const paint = colors(style);
  const sign = severity === "critical" ? paint.bad("✖") : paint.careful("!");
  const place = port === undefined ? host : `${host}:${port}${protocol === "udp" ? "/udp" : ""}`;
  const who = process === undefined || what.includes(process) ? "" : `  [${process}]`;
  const column = 20;
  const lines = [`${harmless(what)}${who}`, harmless(remedy)].flatMap((line, index) =>
    wrapped(line, style.width - column).map((part) => (index === 0 ? part : paint.dim(part))),
  );
  return hanging(`  ${sign} ${paint.bold(place)}`, lines, column);
}

/** What is shut out. */
export function blocksText({ blocks }: { readonly blocks: readonly Block[] }, style: Style): string {
  const paint = colors(style);
  if (blocks.length === 0) return "Nobody is shut out.";
  const rows = blocks.map(({ network, until, source, at, missing }) => [
    paint.bold(network),
    until === null ? "without end" : `until ${until.slice(0, 19)}Z`,
    source,
    missing.length === 0 ? at.join(" ") : paint.bad(`not at ${missing.join(" ")}`),
  ]);
  const lacking = blocks.find((one) => one.missing.length > 0);
  const remedy = lacking?.source === "site file" ? "rampart apply" : `rampart firewall block ${lacking?.network}`;
  return [table(rows), ...(lacking ? ["", `Bring it to all of them:  ${paint.command(remedy)}`] : [])].join("\n");
}
