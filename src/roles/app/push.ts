import type { HaproxySection } from "../../formats/haproxy.ts";
import { clientIs, insideBind } from "../../formats/haproxy-parts.ts";
import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { AppService } from "../../model/site.ts";
import { type Host, type Service, type Topology, tierName } from "../../model/topology.ts";
import { pushedFigures } from "./facts.ts";
import { pushProgram } from "./push-program.ts";

// Measurements that a service pushes: by StatsD to a program on the loopback of its host, which the monitor asks by mutual TLS.

const program = "/usr/local/lib/rampart/push";
const unit = "rampart-push.service";
const unitFile = `/etc/systemd/system/${unit}`;

/** Where the monitor asks for what a service pushed. */
export function pushServices(of: Omit<Service, "name" | "port" | "summary">, service: AppService): readonly Service[] {
  if (!service.push) return [];
  const summary = `Measurements that ${service.name} pushed.`;
  return [{ ...of, name: "app.pushed", port: pushedFigures.port, metrics: "/metrics", summary }];
}

export function pushSections(host: Host, service: AppService, { site }: Topology): readonly HaproxySection[] {
  if (!service.push) return [];
  const { host: address, port } = pushedFigures;
  return [
    {
      ...{ kind: "frontend", name: "pushed", from: "http" },
      why: `What ${service.name} pushed, for the monitor alone.`,
      lines: [
        insideBind(host.inside, port),
        "no log",
        `http-request deny deny_status 403 unless ${clientIs(tierName(site, "monitor"))}`,
        "http-request return status 404 unless { path /metrics }",
        "default_backend pushed",
      ],
    },
    {
      ...{ kind: "backend", name: "pushed", from: "http" },
      why: "The program beside it that adds up what is pushed.",
      lines: ["http-reuse never", `server push ${address}:${port}`],
    },
  ];
}

export function pushResources(host: Host, service: AppService): readonly Resource[] {
  if (!service.push) return [];
  const origin: Origin = {
    role: "app",
    path: `app.${service.name}.push`,
    why: `${service.name} pushes its measurements, and the monitor fetches them here.`,
  };
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  return [
    file(program, pushProgram(header), "0755"),
    file(unitFile, unitText(header), "0644"),
    {
      ...origin,
      ...{ kind: "unit", name: unit, state: "running", reloadOn: [] },
      check: `perl -c ${program} 2> /dev/null`,
      restartOn: [`file:${program}`, `file:${unitFile}`],
    },
  ];
}

function unitText(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Measurements that the service pushes"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", program],
          ["DynamicUser", "yes"],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          "A program that pushes without end takes processor time from itself, not from those it serves.",
          ["CPUWeight", "20"],
          ["MemoryMax", "64M"],
          ...strictConfinement,
          ["IPAddressAllow", "localhost"],
          ["IPAddressDeny", "any"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
