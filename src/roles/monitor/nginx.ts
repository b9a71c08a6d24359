import { nginxConfinement } from "../../formats/hardening.ts";
import { type NginxDirective, nginxBlock, nginxFile } from "../../formats/nginx.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";
import { header } from "./header.ts";

// nginx on a monitor host: mutual TLS in front of what speaks none.

const origin: Origin = {
  role: "monitor",
  path: "monitor",
  why: "What other hosts send to the monitor comes by mutual TLS, and from those alone who may.",
};
const files = {
  folder: "/etc/nginx/tls",
  config: "/etc/nginx/nginx.conf",
  dropIn: "/etc/systemd/system/nginx.service.d/rampart.conf",
} as const;

/** For a server that hosts of the site alone may speak to. */
export const insideTls: readonly string[] = [
  "ssl_protocols TLSv1.3",
  "ssl_session_tickets off",
  "ssl_client_certificate /etc/rampart/ca.crt",
  "ssl_verify_client on",
];

/** A server at one port of the inside address, whoever may ask what. `certificate` and `key` are files. */
export function insideServer(
  { inside }: Pick<Host, "inside">,
  port: number,
  { certificate, key }: { readonly certificate: string; readonly key: string },
  ...lines: readonly NginxDirective[]
): NginxDirective {
  return nginxBlock(
    "server",
    `listen ${inside}:${port} ssl default_server`,
    "server_name _",
    `ssl_certificate ${certificate}`,
    `ssl_certificate_key ${key}`,
    ...insideTls,
    ...lines,
  );
}

/**
 * nginx with these parts of its `http` block.
 * @param certificates ids of the certificates that they name
 */
export function nginxResources(
  host: Host,
  parts: readonly NginxDirective[],
  certificates: readonly string[],
): readonly Resource[] {
  const head = header(host, origin.why);
  const file = (path: string, content: string): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode: "0644", owner: "root", group: "root" },
  });
  return [
    { ...origin, kind: "package", name: "nginx" },
    { ...origin, kind: "directory", directory: files.folder, mode: "0700", owner: "root", group: "root" },
    file(files.config, configText(parts, head)),
    file(files.dropIn, dropInText(head)),
    {
      ...{ ...origin, kind: "unit", name: "nginx.service", state: "running", check: "nginx -t -q" },
      reloadOn: [`file:${files.config}`, "file:/etc/rampart/ca.crt", ...certificates],
      restartOn: [`file:${files.dropIn}`],
    },
  ];
}

function configText(parts: readonly NginxDirective[], head: string): string {
  return nginxFile(
    [
      "user www-data",
      "worker_processes 1",
      "pid /run/nginx.pid",
      "error_log syslog:server=unix:/dev/log,nohostname warn",
      "worker_rlimit_nofile 8192",
      nginxBlock("events", "worker_connections 2048"),
      "",
      nginxBlock("http", "server_tokens off", "access_log off", ...parts),
    ],
    head,
  );
}

function dropInText(head: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Wants", "network-online.target"],
          ["After", "network-online.target"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [["Restart", "always"], ["RestartSec", "100ms"], ...nginxConfinement],
      },
    ],
    head,
  );
}
