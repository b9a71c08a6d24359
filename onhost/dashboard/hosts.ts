import type { DashboardHost, DashboardSettings } from "../../src/model/dashboard.ts";
import type { Edge, HostNow, TrafficRow } from "../../src/model/overview.ts";
import type { Answers } from "./answers.ts";

// Hosts, and who talks to whom.

export function hostsNow(
  settings: DashboardSettings,
  answers: Answers,
  edges: readonly Edge[],
  rows: readonly TrafficRow[],
): readonly HostNow[] {
  return settings.hosts.map((host): HostNow => {
    const labels = { host: host.name };
    const up = answers.one("up", labels);
    const share = (figure: string) => {
      const value = answers.one(figure, labels);
      return value === null ? null : Math.min(1, Math.max(0, value));
    };
    const { name, tier, service, address } = host;
    return {
      ...{ name, tier, service, address },
      state: up === null ? "unknown" : up === 1 ? "up" : "down",
      ...{ cpu: share("cpu"), memory: share("memory"), disk: share("disk") },
      network: answers.one("network", labels),
      rate: rateOf(host, rows),
      notes: notesOf(host, settings, answers, edges),
    };
  });
}

function rateOf({ name, tier }: DashboardHost, rows: readonly TrafficRow[]): number | null {
  const wanted = tier === "balancer" ? "visitors" : tier;
  return rows.find((row) => row.tier === wanted && row.name === name && row.of !== "")?.now ?? null;
}

function notesOf(
  { name }: DashboardHost,
  { address }: DashboardSettings,
  answers: Answers,
  edges: readonly Edge[],
): readonly string[] {
  const out = edges.filter((edge) => edge.to === name && edge.up === false && edge.kind === "requests");
  return [
    ...((answers.one("holders", { host: name }) ?? 0) > 0 ? [`holds ${address}`] : []),
    ...(answers.one("writable", { host: name }) === 1 ? ["primary"] : []),
    ...(out.length > 0 ? [`out of service at ${out.map(({ from }) => from).join(", ")}`] : []),
  ];
}

/** In the order of the way of a request. */
export function edgesOf(settings: DashboardSettings, answers: Answers): readonly Edge[] {
  const { hosts, services, database, opensTls } = settings;
  const of = (tier: string) => hosts.filter((host) => host.tier === tier);
  const balanced = of("balancer").flatMap((from) =>
    of("web").map((to) => {
      const seen = opensTls === "balancer" ? answers.sum("web.now", { host: from.name, server: to.name }) : null;
      return edge(
        from.name,
        to.name,
        "requests",
        seen,
        upOf(answers, { host: from.name, proxy: "web", server: to.name }),
      );
    }),
  );
  const served = of("web").flatMap((from) =>
    of("app").map((to) => {
      const labels = { host: from.name, proxy: `app_${to.service}`, server: to.name };
      return edge(from.name, to.name, "requests", answers.sum("app.now", labels), upOf(answers, labels));
    }),
  );
  const users = new Set(services.filter((service) => service.database).map(({ name }) => name));
  const asked = of("app")
    .filter(({ service }) => service !== null && users.has(service))
    .flatMap((from) =>
      of("database").map((to) => {
        const labels = { host: from.name, server: to.name };
        const way = answers.one("databaseWay", labels);
        return edge(
          from.name,
          to.name,
          "connections",
          answers.sum("databaseSessions", labels),
          way === null ? null : way === 1,
        );
      }),
    );
  return [...balanced, ...served, ...(database === null ? [] : [...asked, ...replication(settings, answers)])];
}

/** From the primary to each replica. */
function replication({ hosts, database }: DashboardSettings, answers: Answers): readonly Edge[] {
  if (database?.mode !== "replicated") return [];
  const members = hosts.filter(({ tier }) => tier === "database").map(({ name }) => name);
  const primary = members.find((host) => answers.one("writable", { host }) === 1);
  if (primary === undefined) return [];
  return members
    .filter((host) => host !== primary)
    .map((host) => {
      const behind = answers.one("behind", { host });
      return edge(primary, host, "replication", behind, behind === null ? null : true);
    });
}

function upOf(answers: Answers, labels: Readonly<Record<string, string>>): boolean | null {
  const value = answers.one("serverUp", labels);
  return value === null ? null : value === 1;
}

function edge(from: string, to: string, kind: Edge["kind"], rate: number | null, up: boolean | null): Edge {
  return { from, to, kind, rate, up };
}
