import { databaseStatusProgram } from "../contract/database.ts";
import { labHosts } from "../lab/lab.ts";
import { labelsKey } from "../model/alerts.ts";
import { bansProgram } from "../model/bans.ts";
import { votesOf } from "../model/galera.ts";
import { generationFile } from "../model/plan.ts";
import type { AlertStatus, HostStatus, SiteStatus } from "../model/status.ts";
import { type Host, hostsOf, type Topology } from "../model/topology.ts";
import type { RemoteResult } from "../ssh/result.ts";
import { run } from "../ssh/run.ts";
import { databaseStanding, statusOf } from "./database-members.ts";
import { backupFigures, backupStanding } from "./db-backup/standing.ts";
import { galeraMember, galeraStanding } from "./db-galera/members.ts";
import { labTarget } from "./lab-site.ts";
import { regionScript, regionStanding } from "./regions.ts";
import type { OpenSite } from "./site.ts";
import { siteUrl } from "./url.ts";
import { caFile } from "./world.ts";

/** How the site is now: every host is asked once, all at the same time. What gives no answer is unknown, never well. */
export async function siteStatus(open: OpenSite): Promise<SiteStatus> {
  const { site, topology } = open;
  const present = new Map(labHosts(site.name).map((host) => [host.name, host.state]));
  const answers = new Map(
    await Promise.all(
      topology.hosts.map(async (host) => {
        if (present.get(host.name) !== "running") return [host.name, undefined] as const;
        return [
          host.name,
          await run(labTarget(site.name, host), statusScript(host, topology), { timeoutMs: 8000 }),
        ] as const;
      }),
    ),
  );
  const output = (name: string) => answers.get(name)?.stdout ?? "";
  return {
    site: site.name,
    environment: site.environment.name,
    url: siteUrl(site),
    ca: caFile(open),
    hosts: topology.hosts.map((host) => hostStatus(host, present.get(host.name), answers.get(host.name))),
    address: { ip: topology.networks.virtual, ...holderOf(topology, output) },
    bans: bansCount(topology, output),
    database: databaseStatus(open, output),
    regions: hostsOf(topology, "probe").map((host) => regionStanding(host, answers.get(host.name)?.stdout)),
    ...alertStatus(topology, output),
  };
}

/** One script a host: its units, its Generation, and what only its tier knows. As few processes as can be: it is asked often, of all hosts at once. */
function statusScript(host: Host, topology: Topology): string {
  const own: Record<string, string> = {
    balancer: `ip -o -4 addr show | grep -qF ' ${topology.networks.virtual}/' && echo "HOLDS"
echo "BANS $(${bansProgram} list 2>/dev/null | wc -l)"`,
    database: `echo "DATABASE $(${databaseStatusProgram} 2>/dev/null)"
${backupFigures}`,
    monitor: `echo "ALERTS $(curl -sS -m 3 http://127.0.0.1:9090/api/v1/alerts 2>/dev/null)"`,
  };
  if (host.tier === "probe") own.probe = regionScript(host);
  return `system=$(systemctl show --property=SystemState,NFailedUnits 2>/dev/null)
echo "$system"
case $system in
  *NFailedUnits=0*) ;;
  *) echo "FAILED $(systemctl list-units --state=failed --plain --no-legend 2>/dev/null | cut -d' ' -f1 | tr '\\n' ' ')" ;;
esac
read -r generation 2>/dev/null < ${generationFile}
echo "GENERATION \${generation:-}"
${own[host.tier] ?? ""}
echo "END"
`;
}

function hostStatus(host: Host, state: string | undefined, answer: RemoteResult | undefined): HostStatus {
  const facts = {
    name: host.name,
    role: host.tier,
    ...(host.service ? { service: host.service } : {}),
    address: host.inside,
  };
  if (state === undefined) return { ...facts, state: "not applied", detail: "no such host yet: rampart up" };
  if (state !== "running")
    return { ...facts, state: "off", detail: state === "off" ? `rampart lab start ${host.name}` : state };
  if (!answer?.stdout.includes("END")) {
    return { ...facts, state: "unreachable", detail: answer?.unreachable ?? "no answer" };
  }
  const generation = generationNumber(answer.stdout);
  if (generation === 0) return { ...facts, state: "not applied", detail: "rampart up" };
  const failed = line(answer.stdout, "FAILED").trim();
  const system = /^SystemState=(.*)$/m.exec(answer.stdout)?.[1];
  if (failed !== "") return { ...facts, generation, state: "degraded", detail: `failed: ${failed}` };
  if (system !== "running" && system !== "degraded")
    return { ...facts, generation, state: "degraded", detail: `the system is ${system || "unknown"}` };
  return { ...facts, generation, state: "well" };
}

function generationNumber(output: string): number {
  try {
    return Number((JSON.parse(line(output, "GENERATION")) as { number?: unknown }).number) || 0;
  } catch {
    return 0;
  }
}

function holderOf(topology: Topology, output: (name: string) => string): { holder: string | null; detail?: string } {
  const holders = topology.hosts.filter((host) => /^HOLDS$/m.test(output(host.name))).map((host) => host.name);
  if (holders.length > 1) return { holder: holders[0] ?? null, detail: `held by ${holders.join(" and ")} at once` };
  return { holder: holders[0] ?? null };
}

/** Balancers tell each other, so the longest list is the list. */
function bansCount(topology: Topology, output: (name: string) => string): number | null {
  const counts = hostsOf(topology, "balancer").flatMap(({ name }) => {
    const count = line(output(name), "BANS");
    return count === "" ? [] : [Number(count)];
  });
  return counts.length === 0 ? null : Math.max(...counts);
}

function databaseStatus({ site, topology }: OpenSite, output: (name: string) => string): SiteStatus["database"] {
  if (!site.database) return null;
  if (site.database.mode === "galera")
    return galeraStanding(
      hostsOf(topology, "database").map(({ name }) => galeraMember(name, line(output(name), "DATABASE"), "no answer")),
      votesOf(site.database),
    );
  const members = hostsOf(topology, "database").map(({ name }) => {
    const status = statusOf(line(output(name), "DATABASE"));
    return status === undefined ? { host: name, silence: "no answer" } : { host: name, status };
  });
  const said = hostsOf(topology, "database").map(({ name }) => output(name));
  return { ...databaseStanding(site.database.promise ?? null, members), backup: backupStanding(said) };
}

function alertStatus(topology: Topology, output: (name: string) => string): Pick<SiteStatus, "alerts" | "alertsKnown"> {
  const told = hostsOf(topology, "monitor").map(({ name }) => alertsIn(line(output(name), "ALERTS")));
  // What one of two monitors sees is an alert, and what both see is one.
  const alerts = new Map<string, AlertStatus>();
  for (const [key, alert] of told.flatMap((one) => one ?? [])) if (!alerts.has(key)) alerts.set(key, alert);
  return { alerts: [...alerts.values()], alertsKnown: told.some((one) => one !== undefined) };
}

/** What fires by one monitor's answer, each with what it is told apart by; undefined when it gave none. */
function alertsIn(json: string): readonly (readonly [string, AlertStatus])[] | undefined {
  try {
    const { data } = JSON.parse(json) as { data: { alerts: readonly RawAlert[] } };
    return data.alerts
      .filter(({ state }) => state === "firing")
      .map(({ labels, annotations, state, activeAt }) => {
        const named = { name: labels.alertname ?? "unnamed", state, severity: labels.severity ?? "" };
        return [labelsKey(labels), { ...named, summary: annotations.summary ?? "", since: activeAt }];
      });
  } catch {
    return undefined;
  }
}

interface RawAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

function line(output: string, word: string): string {
  return new RegExp(`^${word} (.*)$`, "m").exec(output)?.[1] ?? "";
}
