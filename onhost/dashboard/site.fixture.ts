import type { DashboardHost, DashboardSettings } from "../../src/model/dashboard.ts";
import type { Tier } from "../../src/model/topology.ts";
import type { Sample } from "./series.ts";
import type { Material } from "./view.ts";

// A shop of eight hosts as its monitor sees it, all well.

const host = (name: string, tier: Tier, service: string | null = null): DashboardHost => ({
  ...{ name, tier, service, address: "10.77.0.9", fqdn: `${name}.shop.internal`, journal: [] },
});

export const settings: DashboardSettings = {
  "//": "",
  ...{ site: "shop", environment: "lab", domain: "www.shop.example", url: "https://www.shop.localhost:8443/" },
  listen: { address: "127.0.0.1", port: 8411 },
  ...{ prometheus: "http://127.0.0.1:9090", alertmanager: "http://127.0.0.1:9093", me: "mon1" },
  ...{ opensTls: "balancer", address: "198.51.100.10", retentionDays: 15 },
  hosts: [
    ...[host("lb1", "balancer"), host("lb2", "balancer"), host("web1", "web"), host("shop1", "app", "shop")],
    ...[host("db1", "database"), host("db2", "database"), host("db3", "database"), host("mon1", "monitor")],
  ],
  logs: "mon1",
  services: [{ name: "shop", routes: ["/"], database: true }],
  database: { mode: "replicated", promise: "no-loss", agentPort: 8407, backup: false },
  names: ["www.shop.example"],
  identity: { ca: "", certificate: "", key: "" },
};

/** Milliseconds since 1970. */
export const now = Date.parse("2026-11-21T14:03:22Z");

const sample = (figure: string, value: number, labels: Readonly<Record<string, string>> = {}): Sample => ({
  ...{ value, labels: { figure, ...labels } },
});

export const samples: readonly Sample[] = [
  ...settings.hosts.flatMap(({ name }) => [
    sample("up", 1, { host: name }),
    ...[sample("cpu", 0.2, { host: name }), sample("memory", 0.4, { host: name }), sample("disk", 0.3, { host: name })],
    sample("network", 1_200_000, { host: name }),
  ]),
  ...[sample("probe", 1), sample("bans", 0), sample("holders", 1, { host: "lb1" })],
  ...[sample("balancers", 1, { host: "lb1" }), sample("balancers", 1, { host: "lb2" })],
  ...["now", "minute"].flatMap((when) => [
    sample(`visitors.${when}`, 95, { host: "lb1", class: "2xx" }),
    sample(`visitors.${when}`, 5, { host: "lb1", class: "5xx" }),
    sample(`web.${when}`, 90, { host: "lb1", server: "web1", class: "2xx" }),
    sample(`web.${when}`, 0, { host: "lb2", server: "web1", class: "2xx" }),
    sample(`app.${when}`, 80, { host: "web1", proxy: "app_shop", server: "shop1", class: "2xx" }),
    ...["db1", "db2", "db3"].map((name) => sample(`database.${when}`, 40, { host: name })),
  ]),
  ...["lb1", "lb2"].map((name) => sample("serverUp", 1, { host: name, proxy: "web", server: "web1" })),
  sample("serverUp", 1, { host: "web1", proxy: "app_shop", server: "shop1" }),
  ...["db1", "db2", "db3"].flatMap((name) => [
    sample("databaseWay", 1, { host: "shop1", server: name }),
    sample("databaseSessions", 4, { host: "shop1", server: name }),
    sample("writable", Number(name === "db1"), { host: name }),
    ...(name === "db1" ? [] : [sample("behind", 0, { host: name })]),
  ]),
  sample("promise", 1, { host: "db1" }),
  sample("certificate", now / 1000 + 60 * 86_400, { instance: "www.shop.example:443" }),
];

export const material: Material = {
  now,
  data: { fresh: true, at: "2026-11-21T14:03:21.000Z", why: "" },
  samples,
  lines: [],
  linesEnd: now / 1000,
  told: new Map(),
  alerts: [],
  marks: [],
};

/** The same without what tells of a host, and with the host down. */
export function without(name: string): readonly Sample[] {
  return [
    ...samples.filter(({ labels }) => labels.host !== name && labels.server !== name),
    sample("up", 0, { host: name }),
  ];
}
