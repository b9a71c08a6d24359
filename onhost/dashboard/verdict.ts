import { listed, plural } from "../../src/base/text.ts";
import type { Overview, Verdict } from "../../src/model/overview.ts";

/** Everything but the verdict itself. */
export type Seen = Omit<Overview, "verdict">;

/** Days before the end of a certificate from which on somebody should know. */
const certificateDays = 14;

/** Words first: is it well, and if not, do visitors feel it? What is not known never passes for well. */
export function verdictOf(seen: Seen): Verdict {
  if (!seen.data.fresh) {
    const since = seen.data.at === null ? "Nothing is known" : `No data since ${clock(seen.data.at)} UTC`;
    return { health: "unknown", headline: `${since}.`, reasons: [seen.data.why] };
  }
  const trouble = troubles(seen);
  const attention = attentions(seen);
  const unknown = unknowns(seen);
  const served = seen.answersVisitors;
  if (trouble.length > 0) {
    const headline = served === false ? "Visitors get no answer." : `${trouble[0]}`;
    return { health: "trouble", headline, reasons: rest(headline, [...trouble, ...attention, ...unknown]) };
  }
  if (attention.length > 0) {
    const headline = `Visitors are served, but ${lower(attention[0] ?? "")}`;
    return { health: "attention", headline, reasons: [...attention.slice(1), ...unknown] };
  }
  if (unknown.length > 0) {
    const headline = "Visitors are served, but not everything is known.";
    return { health: "attention", headline, reasons: unknown };
  }
  return { health: "well", headline: "All is well.", reasons: [wellText(seen)] };
}

function wellText({ hosts, database }: Seen): string {
  const promise = database?.promiseHolds ? `, ${database.promise} holds` : "";
  return `All ${plural(hosts.length, "host")} answer${promise}, and no alert fires.`;
}

/** What visitors feel, or what puts writes at risk. */
function troubles({ answersVisitors, address, database, alerts, hosts }: Seen): readonly string[] {
  const holders = address.holders;
  const paging = alerts.filter(
    ({ state, severity, silenced }) => state === "firing" && severity === "page" && !silenced,
  );
  const down = hosts.filter(({ state }) => state === "down").map(({ name }) => name);
  // A host that is lost is told once: by its name, among what needs attention.
  const told = paging.filter(({ name, labels }) => !(name === "HostDown" && down.includes(labels.host ?? "")));
  return [
    ...(answersVisitors === false ? ["The site does not answer visitors."] : []),
    ...(holders !== null && holders.length === 0 ? [`No balancer holds ${address.ip}.`] : []),
    ...(holders !== null && holders.length > 1 ? [`${listed(holders)} both hold ${address.ip}.`] : []),
    ...(database !== null && database.primary === null && database.mode === "replicated"
      ? ["No database host takes writes."]
      : []),
    ...told.map(({ summary, name }) => sentence(summary === "" ? `${name} fires` : summary)),
  ];
}

function attentions({ hosts, database, certificates, alerts, backup, edges }: Seen): readonly string[] {
  const down = hosts.filter(({ state }) => state === "down").map(({ name }) => name);
  const out = [...new Set(edges.flatMap(({ up, to }) => (up === false && !down.includes(to) ? [to] : [])))].filter(
    (name) => hosts.some((host) => host.name === name && host.tier !== "database"),
  );
  const ending = certificates.filter(({ daysLeft }) => daysLeft !== null && daysLeft < certificateDays);
  const tickets = alerts.filter(
    ({ state, severity, silenced }) => state === "firing" && severity !== "page" && !silenced,
  );
  return [
    ...(down.length > 0 ? [`${listed(down)} ${down.length === 1 ? "does" : "do"} not answer.`] : []),
    ...(out.length > 0 ? [`${listed(out)} ${out.length === 1 ? "is" : "are"} out of service.`] : []),
    ...(database?.promiseHolds === false ? [`The promise of the database does not hold: ${database.reason}`] : []),
    ...ending.map(
      ({ name, daysLeft }) => `The certificate of ${name} ends in ${plural(Math.floor(daysLeft ?? 0), "day")}.`,
    ),
    ...(backup?.drillFailed ? ["The last trial of a restore failed."] : []),
    ...tickets.map(({ summary, name }) => sentence(summary === "" ? `${name} fires` : summary)),
  ];
}

/** Missing is not healthy. */
function unknowns({ answersVisitors, alertsKnown, hosts, address, database, traffic }: Seen): readonly string[] {
  const silent = hosts.filter(({ state }) => state === "unknown").map(({ name }) => name);
  return [
    ...(answersVisitors === null ? ["Whether the site answers visitors is not known."] : []),
    ...(alertsKnown ? [] : ["Which alerts fire is not known."]),
    ...(silent.length > 0 ? [`Nothing is known of ${listed(silent)}.`] : []),
    ...(address.holders === null ? [`Who holds ${address.ip} is not known.`] : []),
    ...(database !== null && database.promiseHolds === null
      ? ["Whether the promise of the database holds is not known."]
      : []),
    ...(traffic.rows[0]?.now === null ? ["How many requests visitors make is not known."] : []),
  ];
}

function rest(headline: string, sentences: readonly string[]): readonly string[] {
  return [...new Set(sentences)].filter((one) => one !== headline);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

/** As it reads behind "but": names of hosts stay as they are. */
function lower(text: string): string {
  return /^(The|No|Nothing|Whether|Which|Who|How|Two) /.test(text)
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text;
}

/** 14:03:22, UTC. */
export function clock(iso: string): string {
  return iso.slice(11, 19);
}
