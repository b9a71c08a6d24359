import { confinement, strictConfinement } from "../../formats/hardening.ts";
import { yamlFile } from "../../formats/prometheus.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { Site } from "../../model/site.ts";
import { account, blackboxAddress, paths } from "./paths.ts";

/** The program that looks by its own clock. */
export function probeUnit(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Looks at the site from outside, and tells when its monitor is silent"],
          ["Wants", "network-online.target"],
          ["After", "network-online.target prometheus-blackbox-exporter.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "exec"],
          ["User", account],
          [
            "ExecStart",
            `/usr/bin/node --max-semi-space-size=1 --max-old-space-size=64 ${paths.program} ${paths.settings}`,
          ],
          ["ExecReload", "/bin/kill -HUP $MAINPID"],
          ["Restart", "always"],
          ["RestartSec", "1s"],
          ["StateDirectory", account],
          ["StateDirectoryMode", "0700"],
          ["CapabilityBoundingSet", ""],
          ...confinement,
          ["PrivateUsers", "yes"],
          ["PrivateIPC", "yes"],
          ["SystemCallFilter", "@system-service"],
          ["SystemCallFilter", "~@privileged @resources"],
          ["UMask", "0077"],
          "Not MemoryDenyWriteExecute: Node compiles its programs while they run.",
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    head,
  );
}

/** blackbox.yml: how the site is asked. */
export function blackboxText(site: Site, head: string): string {
  // Without a file: the authorities that the program's environment names.
  const tls_config = site.tls.certificate === "own" ? { ca_file: paths.ca } : {};
  const version = { preferred_ip_protocol: "ip4", ip_protocol_fallback: false };
  const page = {
    prober: "http",
    timeout: "4s",
    // No list of statuses: any 2xx.
    http: {
      ...version,
      fail_if_not_ssl: true,
      valid_status_codes: [],
      headers: { "User-Agent": "Rampart-Probe" },
      tls_config,
    },
  };
  const tcp = { prober: "tcp", timeout: "4s", tcp: version };
  const tls = { prober: "tcp", timeout: "4s", tcp: { ...version, tls: true, tls_config } };
  return yamlFile({ modules: { page, tcp, tls } }, head);
}

export function blackboxArguments(head: string): string {
  const words = [
    `--config.file=${paths.blackbox}`,
    `--web.listen-address=${blackboxAddress}`,
    "--history.limit=5",
    "--log.level=warn",
  ];
  return `# ${head}\nARGS='${words.join(" ")}'\n`;
}

/** What Rampart adds to Debian's unit. */
export function blackboxDropIn(site: Site, head: string): string {
  const authorities = `SSL_CERT_FILE=${paths.publicCa} SSL_CERT_DIR=/etc/ssl/certs`;
  return systemdFile(
    [
      {
        name: "Service",
        lines: [
          ["Environment", "GOMAXPROCS=1 GOGC=50 GOMEMLIMIT=32MiB"],
          ...(site.tls.certificate === "own" ? [] : ([["Environment", authorities]] as const)),
          ["Restart", "always"],
          ["RestartSec", "1s"],
          ...strictConfinement,
          ["RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX AF_NETLINK"],
        ],
      },
    ],
    head,
  );
}
