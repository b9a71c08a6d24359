import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";
import { alivePort, hangsFile } from "./facts.ts";

const origin: Origin = {
  role: "balancer",
  path: "balancer",
  why: "keepalived is told of a HAProxy that runs but does not answer.",
};
const program = "/usr/local/lib/rampart/haproxy-watcher";
const service = "rampart-haproxy-watcher.service";
const unitFile = `/etc/systemd/system/${service}`;

/** What looks whether HAProxy still answers, and writes it into the file that keepalived follows. */
export function watcherResources(host: Host): readonly Resource[] {
  const header = `Made by Rampart for ${host.name}: change the site file instead. Why: ${origin.why}`;
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  return [
    file(program, watcherText(header), "0755"),
    file(unitFile, unitText(header)),
    {
      ...origin,
      ...{ kind: "unit", name: service, state: "running", reloadOn: [] },
      restartOn: [`file:${unitFile}`, `file:${program}`],
    },
  ];
}

/**
 * A look three times a second for as long as the host runs: bash does it all by itself and makes no process, which would cost a hundred
 * times as much (keepalived's own `vrrp_script` makes two for each).
 */
function watcherText(header: string): string {
  return `#!/bin/bash
# ${header}
set -u
trap '' PIPE
file=${hangsFile}
# A pipe on which nobody ever speaks, to wait at.
exec {silence}<> <(:)

answers() {
  local status=
  { exec 3<> /dev/tcp/127.0.0.1/${alivePort}; } 2> /dev/null || return 1
  printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 2> /dev/null && read -r -t 0.5 -u 3 _ status _
  exec 3>&-
  [[ $status == 200 ]]
}

# Two looks in a row, either way.
hangs=$(< "$file") before=$hangs
while :; do
  answers && now=0 || now=1
  if [[ $now == "$before" && $now != "$hangs" ]]; then
    hangs=$now
    echo $hangs > $file
  fi
  before=$now
  read -r -t 0.3 -u $silence _
done
`;
}

function unitText(header: string): string {
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Looks whether HAProxy answers, for keepalived"],
          ["After", "haproxy.service"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStartPre", `/bin/sh -c "[ -s ${hangsFile} ] || echo 0 > ${hangsFile}"`],
          ["ExecStart", program],
          ["Restart", "always"],
          ["RestartSec", "100ms"],
          "It must come to its turn when everything else wants the processor.",
          ["Nice", "-10"],
          ...strictConfinement,
          "Right there, as keepalived's own check refuses a file in a folder that is not yet made.",
          ["ReadWritePaths", "/run"],
          ["RestrictAddressFamilies", "none"],
          ["RestrictAddressFamilies", "AF_INET"],
          ["IPAddressDeny", "any"],
          ["IPAddressAllow", "localhost"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header,
  );
}
