import type { Problem } from "../base/problem.ts";
import { run } from "../ssh/run.ts";
import type { SshTarget } from "../ssh/target.ts";

/** How long a host waits for the operator's new connection before it takes a guarded deed back. */
export const confirmSeconds = 20;
/** When its timer does so, should the apply itself have died. */
export const backSeconds = 30;

const confirmedFile = (token: string) => `/run/rampart/confirmed.${token}`;

/**
 * The words for a deed that could lock its operators out (Step "guarded"). The way back is one script at a fixed place, armed
 * by a timer of systemd's: whoever renames it first (the timer, the apply that failed, or the apply that was confirmed) has the
 * say, so that it is taken or given up and never both. It also works when the apply is killed, or its operator.
 */
export const guardWords = `way_back=/run/rampart/way-back
token=\${S##*.}

# take_back: takes the deed back that is not confirmed, if there is one.
take_back() {
  systemctl stop rampart-way-back.timer 2>/dev/null
  mv "$way_back" "$way_back.taken" 2>/dev/null || return 0
  sh "$way_back.taken" > /dev/null 2>&1 < /dev/null
  echo "@@ back"
}

# What an apply that was killed left unconfirmed would pass for the state to come back to.
[ ! -e "$way_back" ] || take_back

# guard CHANGE GO BACK: arms BACK, then runs GO and asks the operator to come.
guard() {
  printf '%s\\n' "$3" > "$way_back.new" && mv -f "$way_back.new" "$way_back" || fail "$1"
  try systemd-run --quiet --collect --unit=rampart-way-back --on-active=${backSeconds}s --timer-property=AccuracySec=100ms \\
    --description="Way back of a change that was not confirmed" \\
    /bin/sh -c "mv $way_back $way_back.taken && exec sh $way_back.taken" || { rm -f "$way_back"; fail "$1"; }
  attempt "$2" || fail "$1"
  echo "@@ confirm $1 $token"
}

# confirmed CHANGE KEEP: waits for the operator.
confirmed() {
  tries=0
  until [ -e "${confirmedFile("$token")}" ]; do
    tries=$((tries + 1))
    [ $tries -le ${confirmSeconds * 10} ] && [ -e "$way_back" ] || { echo "@@ unconfirmed" ; : > "$out"; fail "$1"; }
    sleep 0.1
  done
  rm -f "${confirmedFile("$token")}"
  mv "$way_back" "$way_back.kept" 2>/dev/null || { echo "@@ unconfirmed"; : > "$out"; fail "$1"; }
  try systemctl stop rampart-way-back.timer || true
  attempt "$2" || fail "$1"
}
`;

/** What an apply script's progress line asks of the operator, if it is that. */
export function confirmationAsked(line: string): string | undefined {
  return /^@@ confirm \d+ (\w+)$/.exec(line)?.[1];
}

/**
 * Comes over a new connection, as often as it takes within the host's patience: a session that stands says nothing about
 * whether another would be let in.
 * @returns undefined when the host knows now, else why no attempt went through.
 */
export async function confirmReach(
  target: SshTarget,
  token: string,
  isOver: () => boolean,
): Promise<string | undefined> {
  const end = Date.now() + confirmSeconds * 1000;
  for (;;) {
    const timeoutMs = Math.max(1000, end - Date.now());
    const result = await run(target, `: > ${confirmedFile(token)}`, { ownConnection: true, timeoutMs });
    if (result.exitCode === 0) return undefined;
    if (isOver() || Date.now() >= end) return result.unreachable ?? result.stderr.trim();
    await new Promise((wake) => setTimeout(wake, 200));
  }
}

/** The Problem of a host that had to take new rules back, or that was lost before it could say so. */
export function guardProblem(host: string, outcome: "taken back" | "lost", cause: string | undefined): Problem {
  const because = cause ? ` (${cause})` : "";
  const remedy = `Look which rule keeps operators out: the flow to ${host}'s SSH comes from firewall.admin. Then run the same command again.`;
  if (outcome === "taken back") {
    const reason = `rules were taken back: no new connection to ${host} within ${confirmSeconds} s${because}.`;
    return { path: host, reason, remedy };
  }
  const reason = `the connection to ${host} was lost when its new rules were loaded${because}; it takes them back by itself within ${backSeconds} s.`;
  return { path: host, reason, remedy };
}
