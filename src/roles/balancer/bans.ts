import { figuresFolder } from "../../contract/figures.ts";
import { haproxyPaths } from "../../formats/haproxy-parts.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { bansFile, bansProgram } from "../../model/bans.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import type { Host } from "../../model/topology.ts";

const origin: Origin = {
  role: "balancer",
  path: "limits.ban",
  why: "Bans outlive a restart of all balancers at once.",
};
const service = "rampart-bans.service";
const unitFile = `/etc/systemd/system/${service}`;
/** Read by the host's exporter: how many addresses are banned. */
const metricsFile = `${figuresFolder}/rampart-bans.prom`;
/** There while HAProxy holds what the file holds: before that, saving would empty the file. */
const loaded = "/run/rampart-bans.loaded";

/** Lines of HAProxy's unit: bans are read when it starts, and kept when it ends. */
export const bansUnitLines = [
  "Bans are read from a file at each start, and kept in it at each stop.",
  ["ExecStartPre", `+/bin/rm -f ${loaded}`],
  ["ExecStop", `-+${bansProgram} save`],
] as const;

/** Comes last: visitors are served already. */
export const bansLoadLine = ["ExecStartPost", `-+${bansProgram} load`] as const;

/** The program that lists, makes and ends bans on this balancer, and keeps them in a file. */
export function bansResources(host: Host): readonly Resource[] {
  const file = (path: string, content: string, mode = "0644"): FileResource => ({
    ...origin,
    ...{ kind: "file", file: path, content, mode, owner: "root", group: "root" },
  });
  return [
    file(bansProgram, programText(host), "0755"),
    file(unitFile, unitText(host)),
    {
      ...origin,
      ...{ kind: "unit", name: service, state: "running", reloadOn: [] },
      restartOn: [`file:${unitFile}`, `file:${bansProgram}`],
    },
  ];
}

function programText(host: Host): string {
  return `#!/bin/bash
# ${note(host, "bans are listed, made, ended and kept over a restart.")}
# list: a line each: address, end (seconds since 1970), 0 for failed log-ins or 1 for by hand. It says nothing of those that have ended.
# add ADDRESS SECONDS, lift ADDRESS, save, load, watch (saves every ten seconds)
set -eu
export LC_ALL=C
socket=${haproxyPaths.socket} file=${bansFile} loaded=${loaded}
metrics=${metricsFile}

ask() { socat -t5 - "$socket" <<< "$1"; }
# All bans, to $held. Those that have ended are not said, and where there is none no further process is made. Fails when HAProxy does
# not answer.
bans() {
  local said
  held=
  said=$(ask "show table bans data.gpt0 gt $EPOCHSECONDS") || return 1
  [[ $said == '# table: bans,'* ]] || return 1
  [[ $said == *key=* ]] || return 0
  held=$(awk '/key=/ {
    address = ""; until = 0; how = 0
    for (i = 1; i <= NF; i++) {
      if ($i ~ /^key=/) address = substr($i, 5)
      if ($i ~ /^gpt0=/) until = substr($i, 6)
      if ($i ~ /^gpc0=/) how = substr($i, 6)
    }
    print address, until, how
  }' <<< "$said")$'\\n'
}
ban() { ask "set table bans key $1 data.gpt0 $2 data.gpc0 $3" >/dev/null; }

# What the file holds, to $kept.
kept() {
  kept=
  [ ! -e "$file" ] || IFS= read -rd '' kept < "$file" || true
}
save() {
  [ -e "$loaded" ] || return 0
  bans || return 1
  kept
  if [ "$held" != "$kept" ] || [ ! -e "$file" ]; then
    printf %s "$held" > "$file.new"
    mv "$file.new" "$file"
  elif [ -e "$metrics" ]; then
    return
  fi
  echo "rampart_bans $(wc -l < "$file")" > "$metrics.new"
  chmod 0644 "$metrics.new"
  mv "$metrics.new" "$metrics"
}

locked() { exec 9> /run/rampart-bans.lock; flock -w 10 9; }

# Looks every ten seconds, by one process or two, and has it saved when something is another than it was.
watch() {
  local silence
  # A pipe that never speaks: it is waited for.
  exec {silence}<> <(:)
  while :; do
    read -rt 10 -u "$silence" || true
    [ -e "$loaded" ] && bans || continue
    kept
    [ "$held" = "$kept" ] && [ -e "$file" ] && [ -e "$metrics" ] || "$0" save || true
  done
}

case \${1:-} in
  watch) watch ;;
  *) locked ;;
esac
case \${1:-} in
  list) bans && printf %s "$held" ;;
  add) ban "$2" "$((EPOCHSECONDS + $3))" 1; save ;;
  lift)
    # Ended rather than taken out: that is what the other balancers are told.
    ban "$2" 0 0
    ask "set table logins key $2 data.gpc0_rate 0 data.gpc0 0" >/dev/null
    save ;;
  save) save ;;
  load)
    # What the other balancers say first counts: they may have ended a ban meanwhile.
    sleep 0.3
    now=$EPOCHSECONDS known=$(ask 'show table bans')
    if [ -e "$file" ]; then
      while read -r address until how; do
        case $known in *"key=$address "*) continue ;; esac
        [ "$until" -le "$now" ] || ban "$address" "$until" "$how"
      done < "$file"
    fi
    : > "$loaded" ;;
  *) echo "rampart-bans list | add ADDRESS SECONDS | lift ADDRESS | save | load | watch" >&2; exit 2 ;;
esac
`;
}

function unitText(host: Host): string {
  const hardening = [
    ...["NoNewPrivileges", "PrivateNetwork", "PrivateDevices", "PrivateTmp", "ProtectHome", "ProtectClock"],
    ...["ProtectKernelTunables", "ProtectKernelModules", "ProtectKernelLogs", "ProtectControlGroups"],
    ...["ProtectHostname", "RestrictNamespaces", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality"],
    ...["MemoryDenyWriteExecute", "RemoveIPC"],
  ].map((name) => [name, "yes"] as const);
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "Keep the list of bans in a file"],
          ["After", "haproxy.service"],
        ],
      },
      {
        name: "Service",
        lines: [
          ["ExecStart", `${bansProgram} watch`],
          ["Restart", "always"],
          ["RestartSec", "5s"],
          "It speaks to HAProxy's socket and writes two files.",
          ...hardening,
          ["ProtectSystem", "strict"],
          ["ReadWritePaths", `/var/lib/rampart /run ${figuresFolder}`],
          ["RestrictAddressFamilies", "AF_UNIX"],
          ["CapabilityBoundingSet", ""],
          ["SystemCallFilter", "@system-service"],
          ["SystemCallArchitectures", "native"],
          ["UMask", "0077"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    note(host, "bans are kept in a file every ten seconds: a power cut of all balancers forgets no more."),
  );
}

function note(host: Host, why: string): string {
  return `Made by Rampart for ${host.name}: change the site file instead. Why: ${why}`;
}
