import { figuresFolder } from "../../contract/figures.ts";
import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { wafConfig, wafFolder } from "./facts.ts";
import { wafReader, wafReaderFile } from "./waf-reader.ts";
import { wafRules } from "./waf-rules.ts";

const unit = "rampart-waf.service";
const unitFile = `/etc/systemd/system/${unit}`;

const origin: Origin = {
  role: "web",
  path: "web.waf",
  why: "The web application firewall looks at requests before the site and its services do.",
};

/** What a web host needs besides, when the web application firewall is not off. */
export function wafResources(host: Host, site: Site): readonly Resource[] {
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const named = ["libnginx-mod-http-modsecurity", "modsecurity-crs"].map(
    (name): Resource => ({ ...origin, kind: "package", name }),
  );
  const note = (why: string) => `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
  return [
    ...named,
    { ...origin, kind: "package", name: "jq", why: "Reads what the web application firewall found." },
    // What rules matched can be a part of a password: nobody but root reads it.
    { ...origin, kind: "directory", directory: wafFolder, mode: "0700", owner: "root", group: "root" },
    file(wafConfig, wafRules(site, note(origin.why))),
    file(wafReaderFile, wafReader(note("findings become figures for the monitor and lines of the journal.")), "0755"),
    file(unitFile, unitText(note("findings become figures for the monitor and lines of the journal."))),
    {
      ...origin,
      ...{ kind: "unit", name: unit, state: "running", reloadOn: [] },
      restartOn: [`file:${wafReaderFile}`, `file:${unitFile}`],
    },
  ];
}

function unitText(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Findings of the web application firewall: figures and lines of the journal"],
          ["After", "nginx.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", wafReaderFile],
          ["Restart", "always"],
          ["RestartSec", "5s"],
          ["StateDirectory", "rampart-waf"],
          ["MemoryMax", "512M"],
          ...strictConfinement,
          "The folder of the figures belongs to their exporter.",
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE"],
          ["PrivateNetwork", "yes"],
          ["RestrictAddressFamilies", "AF_UNIX"],
          ["ReadWritePaths", `${wafFolder} ${figuresFolder}`],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
