import { figuresFolder } from "../contract/figures.ts";
import { acmeOf, issuerName, openingTier } from "../model/certificate.ts";
import type { FileResource, Origin, Resource } from "../model/resource.ts";
import { visitorNames } from "../model/site-names.ts";
import { type Host, offersOf, type Topology } from "../model/topology.ts";
import { haproxyPaths } from "./haproxy-parts.ts";
import { systemdFile } from "./systemd.ts";
import { servedPort, visitorBundle } from "./visitor-certificate.ts";

/** What differs between the daemons that serve a certificate. */
export interface Serving {
  /** Its unit, "haproxy.service". */
  readonly unit: string;
  /** Folders that it takes to load a certificate. */
  readonly writes: string;
  /**
   * Functions of bash. `load`: serves what lies at $file; `take NEW`: serves NEW and puts it at $file. Both fail, and say why,
   * when the daemon does not take it; visitors are then served what they were served before. They may use `served`,
   * `fingerprint`, `say`, and `put NEW`, which puts it at $file.
   */
  readonly functions: string;
}

const program = "/usr/local/lib/rampart/certificate";
const serviceFile = "/etc/systemd/system/rampart-certificate.service";
const timerFile = "/etc/systemd/system/rampart-certificate.timer";
const metricsFile = `${figuresFolder}/rampart-certificate.prom`;

const why = "What visitors are served is what lies on the disk, and is measured by a handshake.";

/** The program that keeps file and handshake alike, and when it runs. */
export function servedResources(host: Host, topology: Topology, serving: Serving): readonly Resource[] {
  const origin: Origin = { role: openingTier(topology.site), path: "tls.certificate", why };
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const ids = [program, serviceFile, timerFile].map((path) => `file:${path}`);
  return [
    file(program, programText(host, topology, serving), "0755"),
    file(serviceFile, serviceText(host, serving)),
    file(timerFile, timerText(host)),
    // Started by its timer alone; it ends by itself.
    { ...origin, ...{ kind: "unit", name: "rampart-certificate.service", state: "off" }, reloadOn: [], restartOn: ids },
    {
      ...origin,
      ...{ kind: "unit", name: "rampart-certificate.timer", state: "running" },
      reloadOn: [],
      restartOn: ids,
    },
  ];
}

function programText(host: Host, topology: Topology, serving: Serving): string {
  const { site } = topology;
  return `#!/bin/bash
# ${note(host, why)}
set -u
umask 077
file=${visitorBundle(site)}
names=(${visitorNames(site).join(" ")})
say() { echo "$*" >&2; }
fingerprint() { openssl x509 -noout -fingerprint -sha256 2> /dev/null; }
served() { timeout 5 openssl s_client -connect 127.0.0.1:${servedPort} -servername ${site.domain} < /dev/null 2> /dev/null; }
# Its age says "taken already" to whoever compares files with what runs.
put() { touch -r "$file" "$1"; mv -f "$1" "$file"; }

${serving.functions}
${acmeOf(site) ? fetchText(topology) : "failed=0\n"}
kept=$(fingerprint < "$file")
now=$(served)
if [[ -n $now && $(fingerprint <<< "$now") != "$kept" ]] && load; then
  say "loaded $file, which was not served"
  now=$(served)
fi

same=0
[[ -n $now && $(fingerprint <<< "$now") == "$kept" ]] && same=1
seconds() { date -d "$(openssl x509 -noout "-$1" <<< "$now" 2> /dev/null | cut -d= -f2)" +%s; }
{
  echo "rampart_certificate_served_as_stored $same"
  echo "rampart_certificate_fetch_failed $failed"
  if [[ -n $now ]]; then
    echo "rampart_certificate_served_not_before_seconds $(seconds startdate)"
    echo "rampart_certificate_served_not_after_seconds $(seconds enddate)"
  fi
} > ${metricsFile}.new
chmod 0644 ${metricsFile}.new
mv -f ${metricsFile}.new ${metricsFile}
`;
}

/** The issuer has it; the host takes it when it is good, and keeps what it has when it is not. */
function fetchText(topology: Topology): string {
  const { site } = topology;
  const issuer = offersOf(topology, "monitor.issuer")[0];
  const [name, port] = [issuerName(site), issuer?.port ?? 0];
  return `
# fits FILE: in time, with its own key, for every name.
fits() {
  local name
  openssl x509 -in "$1" -noout -checkend 0 > /dev/null 2>&1 || { say "the issuer's certificate has ended or is none"; return 1; }
  [[ $(openssl x509 -in "$1" -noout -pubkey) == "$(openssl pkey -in "$1" -pubout 2> /dev/null)" ]] || { say "the issuer's key belongs to another certificate"; return 1; }
  for name in "\${names[@]}"; do
    openssl x509 -in "$1" -noout -checkhost "$name" | grep -q 'does match' || { say "the issuer's certificate is not for $name"; return 1; }
  done
}

# fetch: whatever goes wrong, what is served stays.
fetch() {
  local code new=$file.new
  code=$(curl -sS --max-time 10 -o "$new" -w '%{http_code}' --tlsv1.3 --cacert ${haproxyPaths.ca} --cert ${haproxyPaths.certificate} \\
    --resolve ${name}:${port}:${issuer?.address ?? ""} https://${name}:${port}/certificate.pem) || return 1
  [[ $code == 404 ]] && return 0  # nothing was issued yet
  [[ $code == 200 ]] || { say "the issuer answers $code"; return 1; }
  cmp -s "$new" "$file" && return 0
  fits "$new" && take "$new" || return 1
  say "serves a new certificate: $(openssl x509 -in "$file" -noout -enddate)"
}
failed=0
fetch || failed=1
rm -f "$file.new"
`;
}

function serviceText(host: Host, { unit, writes }: Serving): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "What visitors' browsers verify: kept alike on disk and by handshake"],
          ["After", unit],
        ],
      },
      {
        name: "Service",
        lines: [
          ["Type", "oneshot"],
          ["ExecStart", program],
          ["TimeoutStartSec", "60"],
          ["NoNewPrivileges", "yes"],
          ["CapabilityBoundingSet", "CAP_DAC_OVERRIDE CAP_FOWNER"],
          ["ProtectSystem", "strict"],
          ["ReadWritePaths", `${writes} ${figuresFolder}`],
          ["ProtectHome", "yes"],
          ["PrivateTmp", "yes"],
          ["PrivateDevices", "yes"],
          ["ProtectClock", "yes"],
          ["ProtectHostname", "yes"],
          ["ProtectKernelLogs", "yes"],
          ["ProtectKernelModules", "yes"],
          ["ProtectKernelTunables", "yes"],
          ["ProtectControlGroups", "yes"],
          ["ProtectProc", "invisible"],
          ["RestrictAddressFamilies", "AF_INET AF_UNIX"],
          ["RestrictNamespaces", "yes"],
          ["RestrictRealtime", "yes"],
          ["RestrictSUIDSGID", "yes"],
          ["LockPersonality", "yes"],
          ["MemoryDenyWriteExecute", "yes"],
          ["SystemCallArchitectures", "native"],
          ["SystemCallFilter", "@system-service"],
          ["UMask", "0077"],
        ],
      },
    ],
    note(host, why),
  );
}

function timerText(host: Host): string {
  return systemdFile(
    [
      { name: "Unit", lines: [["Description", "Looks after the certificate that visitors see"]] },
      {
        name: "Timer",
        lines: [
          ["OnActiveSec", "1s"],
          ["OnUnitInactiveSec", "20s"],
          ["AccuracySec", "1s"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "timers.target"]] },
    ],
    note(host, why),
  );
}

function note(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}
