import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import { publicNames } from "../../formats/site-names.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { acmeOf, givenReference, issuerName, visitorNames } from "../../model/certificate.ts";
import type { CertificateResource, FileResource, Origin, Resource } from "../../model/resource.ts";
import { type Host, offersOf, type Topology } from "../../model/topology.ts";
import { localCertificate, publicCertificate, servedPort } from "./facts.ts";

const program = "/usr/local/lib/rampart/certificate";
const serviceFile = "/etc/systemd/system/rampart-certificate.service";
const timerFile = "/etc/systemd/system/rampart-certificate.timer";
const metricsFile = "/var/lib/prometheus/node-exporter/rampart-certificate.prom";

const origin: Origin = {
  role: "balancer",
  path: "tls.certificate",
  why: "What the balancer serves is what lies on its disk, and is measured by a handshake.",
};

/** What visitors' browsers verify. */
export function publicCertificates(host: Host, { site }: Topology): readonly (CertificateResource | FileResource)[] {
  const own = (file: string, names: readonly string[], why: string): CertificateResource => ({
    ...{
      role: "balancer",
      path: "domain",
      why,
      kind: "certificate",
      commonName: names[0] ?? site.domain,
      dnsNames: names,
    },
    ...{ ipAddresses: [], usages: ["server"], certificateFile: file, keyFile: file, group: "root" },
  });
  const names = visitorNames(site);
  const { localDomain } = site.environment;
  const all = "What visitors' browsers verify: every name under which the site answers.";
  if (site.tls.certificate === "own") return [own(publicCertificate(site), publicNames(site), all)];
  const local = own(
    localCertificate,
    [localDomain],
    "The name on the operator's machine, which no other CA vouches for.",
  );
  if (site.tls.certificate.kind === "acme") {
    const until = "Serves visitors until the first certificate of the public CA has come.";
    return [{ ...own(publicCertificate(site), names, until), path: "tls.certificate", placeholder: true }, local];
  }
  return [given(), local];

  function given(): FileResource {
    return {
      ...{ role: "balancer", path: "tls.certificate", why: "The certificate that you gave, with its key." },
      ...{ kind: "file", file: publicCertificate(site), mode: "0600", owner: "root", group: "root" },
      content: `# ${note(host, "your certificate and its key.")}\n${givenReference("certificate")}\n${givenReference("key")}\n`,
    };
  }
}

/** The program that keeps file and handshake alike, and when it runs. */
export function servedResources(host: Host, topology: Topology): readonly Resource[] {
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  const ids = [program, serviceFile, timerFile].map((path) => `file:${path}`);
  return [
    file(program, programText(host, topology), "0755"),
    file(serviceFile, serviceText(host)),
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

function programText(host: Host, topology: Topology): string {
  const { site } = topology;
  return `#!/bin/bash
# ${note(host, origin.why)}
set -u
umask 077
file=${publicCertificate(site)}
names=(${visitorNames(site).join(" ")})
say() { echo "$*" >&2; }
fingerprint() { openssl x509 -noout -fingerprint -sha256 2> /dev/null; }
served() { timeout 5 openssl s_client -connect 127.0.0.1:${servedPort} -servername ${site.domain} < /dev/null 2> /dev/null; }
admin() { timeout 5 socat -t 5 stdio ${haproxyPaths.socket}; }

# load FILE: HAProxy serves it from the next handshake on, without a reload. It takes one of a wrong name, so look before.
load() {
  local said
  said=$({ echo "set ssl cert $file <<"; sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$1"; echo; } | admin)
  said+=$(echo "commit ssl cert $file" | admin)
  [[ $said == *Success* ]] && return
  echo "abort ssl cert $file" | admin > /dev/null
  say "HAProxy does not take the certificate: $said"
  return 1
}
${acmeOf(site) ? fetchText(topology) : "failed=0\n"}
kept=$(fingerprint < "$file")
now=$(served)
if [[ -n $now && $(fingerprint <<< "$now") != "$kept" ]] && load "$file"; then
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

/** The issuer has it; the balancer takes it when it is good, and keeps what it has when it is not. */
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
  fits "$new" && load "$new" || return 1
  # Its age says "taken already" to whoever compares files with what runs.
  touch -r "$file" "$new"
  mv -f "$new" "$file"
  say "serves a new certificate: $(openssl x509 -in "$file" -noout -enddate)"
}
failed=0
fetch || failed=1
rm -f "$file.new"
`;
}

function serviceText(host: Host): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "What visitors' browsers verify: kept alike on disk and by handshake"],
          ["After", "haproxy.service"],
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
          ["ReadWritePaths", "/etc/haproxy/tls /run/haproxy /var/lib/prometheus/node-exporter"],
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
    note(host, origin.why),
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
    note(host, origin.why),
  );
}

function note(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}
