import { shellQuote } from "../../base/text.ts";
import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { probePaths, probeSeconds } from "../../model/probe.ts";
import { placeOf, probeDoor } from "../../model/probes.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import { type DeclaredFlow, type Host, offersOf, type Topology } from "../../model/topology.ts";
import { header } from "./header.ts";
import { local, paths } from "./paths.ts";

// The monitor shows that it lives: to the probes, and to an address of the operator's. When it stops, they speak.

const origin: Origin = {
  role: "monitor",
  path: "monitor.regions",
  why: "A monitor that died tells nobody: those outside notice that it is silent.",
};
const files = {
  program: "/usr/local/lib/rampart/heartbeat",
  config: "/etc/rampart/heartbeat.curl",
  unit: "/etc/systemd/system/rampart-heartbeat.service",
} as const;

function isWanted({ monitor }: Site): boolean {
  return monitor.regions.length > 0 || monitor.alerts.heartbeat !== undefined;
}

export function heartbeatFlows(site: Site): readonly DeclaredFlow[] {
  const to = placeOf(site.monitor.alerts.heartbeat, "heartbeat");
  const why = "The monitor shows that it lives to whoever the operators have asked to watch it.";
  return to === undefined
    ? []
    : [{ role: "monitor", from: { kind: "tier", tier: "monitor" }, to, why, path: "monitor.alerts.heartbeat" }];
}

export function heartbeatResources(host: Host, topology: Topology): readonly Resource[] {
  if (!isWanted(topology.site)) return [];
  const head = header(host, origin.why);
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "prometheus" },
  });
  return [
    file(files.program, program(head), "0755"),
    // Whoever knows the operator's address can show that the monitor lives when it does not.
    file(files.config, curlConfig(host, topology, head), "0640"),
    file(files.unit, unitText(head), "0644"),
    {
      ...{ ...origin, kind: "unit", name: "rampart-heartbeat.service", state: "running", reloadOn: [] },
      restartOn: [files.program, files.config, files.unit].map((path) => `file:${path}`),
    },
  ];
}

/** One curl for all of them, side by side. */
function curlConfig(host: Host, topology: Topology, head: string): string {
  const probes = offersOf(topology, probeDoor).map(({ tlsName, port }) => [
    `url = "https://${tlsName}:${port}${probePaths.heartbeat}?monitor=${host.name}"`,
    'request = "POST"',
    ...[`cacert = "${paths.ca}"`, `cert = "${paths.certificate}"`, `key = "${paths.key}"`],
  ]);
  const { heartbeat } = topology.site.monitor.alerts;
  const own = heartbeat === undefined ? [] : [[`url = "${heartbeat}"`]];
  const all = [...probes, ...own].map((lines) =>
    [...lines, 'output = "/dev/null"', "silent", "max-time = 5", "fail"].join("\n"),
  );
  return `# ${head}\nparallel\n${all.join("\nnext\n")}\n`;
}

/** Alive is a monitor that judges its rules and whose Alertmanager answers; not one whose host merely runs. */
function program(head: string): string {
  const evaluated = "prometheus_rule_group_last_evaluation_timestamp_seconds";
  return `#!/bin/sh
# ${head}
set -u
said=
while :; do
  now=$(date +%s)
  judged=$(curl -fsS -m 5 http://${local.prometheus}/metrics 2> /dev/null | awk '/^${evaluated}[{]/ { if ($NF > last) last = $NF } END { printf "%d", last }')
  if [ $((now - \${judged:-0})) -gt 20 ]; then what="Prometheus does not judge its rules"
  elif ! curl -fsS -m 5 -o /dev/null http://${local.alertmanager}/-/ready 2> /dev/null; then what="Alertmanager does not answer"
  else
    what=
    curl --config ${shellQuote(files.config)} || true
  fi
  [ "$what" = "$said" ] || echo "\${what:-all is well again}"
  said=$what
  sleep ${probeSeconds.heartbeat}
done
`;
}

function unitText(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Shows those outside that the monitor lives"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target prometheus.service prometheus-alertmanager.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["User", "prometheus"],
          ["ExecStart", files.program],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          ...strictConfinement,
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}
