import { figuresFolder } from "../../contract/figures.ts";
import { accessRoutes } from "../../formats/access-log.ts";
import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { programReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { beaconScript } from "./beacon.ts";
import { beaconReader } from "./beacon-reader.ts";
import { beaconFolder, pagesFolder } from "./facts.ts";

const program = "/usr/local/lib/rampart/beacons";
const unit = "rampart-beacons.service";
const unitFile = `/etc/systemd/system/${unit}`;

const origin: Origin = {
  role: "web",
  path: "web.beacon",
  why: "Pages tell how fast they were for visitors, and which errors their scripts had.",
};

/** The script for pages, and what reads what it sends. */
export function beaconResources(host: Host, site: Site): readonly Resource[] {
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const routes = accessRoutes(site);
  const hosts = [...new Set(routes.map((one) => one.host))].filter((name) => name !== "");
  return [
    file(`${pagesFolder}/${beaconScript}`, `${programReference("beacon")}\n`, "0644"),
    // Before nginx, which opens its files when it reads its configuration.
    { ...origin, kind: "directory", directory: beaconFolder, mode: "0700", owner: "root", group: "root" },
    file(program, beaconReader({ header, routes, hosts }), "0755"),
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
          ["Description", "What pages tell of themselves: figures, and records of errors"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", program],
          ["Restart", "always"],
          ["RestartSec", "2s"],
          ["MemoryMax", "64M"],
          ["CPUWeight", "20"],
          ...strictConfinement,
          "The folder of the figures belongs to their exporter, the file to nginx.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE"],
          ["PrivateNetwork", "yes"],
          ["RestrictAddressFamilies", "AF_UNIX"],
          ["ReadWritePaths", `${beaconFolder} ${figuresFolder}`],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
