import { figuresFolder } from "../contract/figures.ts";
import type { FileResource, Resource } from "../model/resource.ts";
import type { Site } from "../model/site.ts";
import type { Host } from "../model/topology.ts";
import { type AccessRoute, type AccessSource, accessReader } from "./access-reader.ts";
import { strictConfinement } from "./hardening.ts";
import { systemdFile } from "./systemd.ts";

const program = "/usr/local/lib/rampart/access";
const unit = "rampart-access.service";
const unitFile = `/etc/systemd/system/${unit}`;

/** Where HAProxy appends a line of JSON for each request, by its standard output. */
export const requestsFolder = "/var/log/rampart";
export const requestsFile = `${requestsFolder}/requests.log`;

/** What counts a host's requests and tells the noteworthy ones. The folders of the files belong to those who write them. */
export function accessResources(host: Host, site: Site, sources: readonly AccessSource[]): readonly Resource[] {
  // As what every host has: its restart is no reason to drain a host.
  const origin = {
    ...({ role: "base", path: "monitor" } as const),
    why: "Each request counts in a histogram; those that failed or were slow are told to the monitor.",
  };
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: requests become figures and records.`;
  const file = (path: string, content: string, mode: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const routes = accessRoutes(site);
  const hosts = [...new Set(routes.map((one) => one.host))].filter((name) => name !== "");
  return [
    file(program, accessReader({ header, sources, routes, hosts }), "0755"),
    file(unitFile, unitText(header, sources), "0644"),
    {
      ...origin,
      ...{ kind: "unit", name: unit, state: "running", reloadOn: [] },
      check: `perl -c ${program} 2> /dev/null`,
      restartOn: [`file:${program}`, `file:${unitFile}`],
    },
  ];
}

/** The site's routes, the longest path first. What pages tell of themselves is no request of the site's own. */
export function accessRoutes(site: Site): readonly AccessRoute[] {
  const routes = site.app
    .flatMap(({ name, routes }) =>
      routes.map((route): AccessRoute => ({ host: route.host ?? "", path: route.path, service: name })),
    )
    .toSorted((one, other) => other.path.length - one.path.length || (one.path < other.path ? -1 : 1));
  if (site.web.beacon) routes.unshift({ host: "", path: "/.rampart", service: "rampart" });
  const hasRoot = routes.some(({ host, path }) => host === "" && path === "/");
  // What belongs to no service are files, if the site has any.
  return hasRoot || site.web.files === undefined ? routes : [...routes, { host: "", path: "/", service: "files" }];
}

function unitText(header: string, sources: readonly AccessSource[]): string {
  const folders = [...new Set(sources.map(({ file }) => file.replace(/\/[^/]*$/, "")))];
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Requests: figures, and records of those that failed or were slow"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", program],
          ["Restart", "always"],
          ["RestartSec", "2s"],
          ["StateDirectory", "rampart-access"],
          ["MemoryMax", "128M"],
          ["CPUWeight", "20"],
          ...strictConfinement,
          "The folder of the figures belongs to their exporter, files to the daemons that write them.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE"],
          ["PrivateNetwork", "yes"],
          ["RestrictAddressFamilies", "AF_UNIX"],
          ["ReadWritePaths", `${folders.join(" ")} ${figuresFolder}`],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
