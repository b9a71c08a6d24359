import { haproxyPaths } from "./haproxy-parts.ts";

/** Seconds after which a drained host gets visitors again, should whoever drained it have died. */
const forgottenAfter = 180;

/**
 * Shell script for a host with HAProxy: a server gets no new requests, and what it is doing may end, for 5 s at most. When no
 * other server of the pool is up it stays: a request that waits for a restart is better than one that is refused.
 */
export function drainScript(pool: string, server: string): string {
  const timer = timerName(pool, server);
  return `stats() { echo 'show stat' | socat -t2 - ${haproxyPaths.socket}; }
others=$(stats | awk -F, '$1 == "${pool}" && $2 != "${server}" && $2 != "BACKEND" && $18 ~ /^UP/' | wc -l)
[ "$others" -gt 0 ] || exit 0
systemd-run --quiet --collect --unit=${timer} --on-active=${forgottenAfter}s /bin/sh -c "${setState(pool, server, "ready")}" 2>/dev/null || true
${setState(pool, server, "drain")} >/dev/null
for _ in $(seq 25); do
  busy=$(stats | awk -F, '($1 == "${pool}" || $1 == "${pool}_once") && $2 == "${server}" { n += $5 } END { print n + 0 }')
  [ "$busy" -gt 0 ] || exit 0
  sleep 0.2
done`;
}

/** Shell script for a host with HAProxy: a server gets requests again. */
export function readyScript(pool: string, server: string): string {
  return `systemctl stop ${timerName(pool, server)}.timer 2>/dev/null || true
${setState(pool, server, "ready")} >/dev/null`;
}

function setState(pool: string, server: string, state: "drain" | "ready"): string {
  return `echo 'set server ${pool}/${server} state ${state}' | socat -t2 - ${haproxyPaths.socket}`;
}

function timerName(pool: string, server: string): string {
  return `rampart-ready-${pool}-${server}`;
}
