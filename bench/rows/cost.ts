import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "../command.ts";
import type { Row } from "../figures.ts";
import { type BenchSite, labName, onHost } from "../site.ts";
import { pssKib, read } from "./memory.ts";

// What monitoring costs the hosts that are watched and the one that watches, and how that grows with their number.

const sizes = [10, 30, 60];
const seconds = 60;
const watched = ["lb1", "web1", "shop1", "db1"];
/** Units of monitoring on a host: exporters, whoever ships its journal, and readers of its access log. */
const agents =
  /^(prometheus-(node|nginx|mysqld)-exporter|systemd-journal-upload|rampart-(access|sign-of-life|logs-seen))\./;
/** Units that only a monitor host has, nginx in front of them. */
const monitor =
  /^(prometheus|prometheus-alertmanager|prometheus-blackbox-exporter|nginx|rampart-(dashboard|logs|logs-seen|route))\.service$/;

interface Spent {
  /** Percent of one core. */
  readonly cpu: number;
  readonly mib: number;
}

interface Cost {
  readonly hosts: number;
  /** Of the agents, by host. */
  readonly agents: ReadonlyMap<string, Spent>;
  readonly monitor: Spent;
  readonly samples: number;
  readonly metricsMib: number;
  readonly logsMib: number;
}

/** The shop with as many application hosts as make the wanted number of hosts. Leaves the last size running. */
export async function costRows(site: BenchSite): Promise<Row[]> {
  const costs: Cost[] = [];
  for (const hosts of sizes) {
    // Eight others: balancers, web hosts, databases, the monitor; and one host of the other service.
    site.edit((text) => withHosts(text, hosts - 9));
    await site.rampart(["up"]);
    await sleep(120_000);
    costs.push(await costOf(site, hosts));
  }
  const worst = (of: (one: Spent) => number) => costs.map((cost) => Math.max(...[...cost.agents.values()].map(of)));
  const sized = (text: (cost: Cost) => string) => costs.map((cost) => `${cost.hosts} hosts: ${text(cost)}`).join("; ");
  const each = (of: (one: Spent) => string) =>
    sized((cost) => [...cost.agents].map(([name, spent]) => `${name} ${of(spent)}`).join(", "));
  const grown = sized(
    ({ monitor: { cpu, mib }, samples, metricsMib, logsMib }) =>
      `${cpu.toFixed(1)} % of one core and ${mib.toFixed(0)} MiB, ${samples.toFixed(0)} samples/s, ${metricsMib.toFixed(0)} MiB of measurements and ${logsMib.toFixed(0)} MiB of logs a day`,
  );
  const how = `Over ${seconds} s, two minutes after an \`up\`, without visitors. By the cgroups of the units (exporters, shipping of the journal, readers of access logs); memory is their PSS.`;
  return [
    {
      ...{ what: "CPU of monitoring's agents on a watched host, the worst of four", unit: "%", better: "least" },
      ...{ values: worst(({ cpu }) => cpu), reach: 2, aim: 1 },
      notes: [`At ${sizes.join(", ")} hosts. ${how} ${each(({ cpu }) => `${cpu.toFixed(2)} %`)}.`],
    },
    {
      ...{ what: "memory of monitoring's agents on a watched host, the worst of four", unit: "MiB", better: "least" },
      ...{ values: worst(({ mib }) => mib), reach: 120, aim: 60 },
      notes: [each(({ mib }) => `${mib.toFixed(0)} MiB`), `The monitor host itself: ${grown}.`],
    },
  ];
}

function withHosts(text: string, shops: number): string {
  const bare = text.replaceAll(/^ {6}hosts: \d+, \/\/ cost\n/gm, "");
  const count = (service: string, hosts: number) => (whole: string) => `${whole}      hosts: ${hosts}, // cost\n`;
  return bare
    .replace(/^ {6}source: "\.\/shop",\n/m, count("shop", shops))
    .replace(/^ {6}source: "\.\/recommendations",\n/m, count("recommendations", 1));
}

async function costOf(site: BenchSite, hosts: number): Promise<Cost> {
  const names = [...watched, "mon1"];
  const before = new Map(names.map((name) => [name, usedBy(name)]));
  const samplesBefore = await sampleCount(site);
  await sleep(seconds * 1000);
  const spent = (name: string, units: RegExp): Spent => {
    const after = usedBy(name);
    const of = (used: Used) => [...used].filter(([unit]) => units.test(unit));
    const micro = (used: Used) => of(used).reduce((sum, [, one]) => sum + one.micro, 0);
    return {
      cpu: ((micro(after) - micro(before.get(name) ?? new Map())) / (seconds * 1_000_000)) * 100,
      mib: of(after).reduce((sum, [, one]) => sum + one.kib / 1024, 0),
    };
  };
  const agentsOf = new Map(watched.map((name) => [name, spent(name, agents)] as const));
  const own = spent("mon1", monitor);
  const samples = ((await sampleCount(site)) - samplesBefore) / seconds;
  const logs = (await logBytes(site)) / seconds;
  const day = 86_400 / 2 ** 20;
  // Prometheus' own word for it: one to two bytes a sample (prometheus.io/docs/prometheus/latest/storage).
  return { hosts, agents: agentsOf, monitor: own, samples, metricsMib: samples * 2 * day, logsMib: logs * day };
}

type Used = ReadonlyMap<string, { readonly micro: number; readonly kib: number }>;

/** CPU since the unit began, and PSS now, of each unit of a host. */
function usedBy(host: string): Used {
  const unified = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"].find((folder) =>
    existsSync(join(folder, "cgroup.controllers")),
  );
  const slice = join(unified ?? "", `rampart-${labName}.${host}/payload/system.slice`);
  return new Map(
    readdirSync(slice)
      .filter((name) => name.endsWith(".service"))
      .map((unit) => {
        const pids = read(join(slice, unit, "cgroup.procs"))
          .split("\n")
          .filter(Boolean);
        const micro = Number(/^usage_usec (\d+)$/m.exec(read(join(slice, unit, "cpu.stat")))?.[1] ?? 0);
        return [unit, { micro, kib: pids.reduce((sum, pid) => sum + pssKib(pid), 0) }] as const;
      }),
  );
}

/** Samples that Prometheus has taken. */
async function sampleCount(site: BenchSite): Promise<number> {
  const { stdout } = await onHost(
    site,
    "mon1",
    "curl -fsS http://127.0.0.1:9090/metrics | grep '^prometheus_tsdb_head_samples_appended_total{type=\"float\"}'",
  );
  return Number(stdout.trim().split(" ").at(-1));
}

/** Bytes of what all hosts' journals have said to the monitor in the last minute, as text. */
async function logBytes(site: BenchSite): Promise<number> {
  const script = `journalctl -q -D /var/log/journal/remote --since=-${seconds}s -o export | wc -c`;
  return Number((await onHost(site, "mon1", script)).stdout.trim());
}
