import { shellQuote } from "../../base/text.ts";
import { trialLabel } from "../../model/alerts.ts";
import { alertmanager, oneLine, prometheus } from "./monitor.ts";
import type { Trial } from "./trial-alerts.ts";

// Shell for the monitor host. All times are its own: Alertmanager judges by them.

/** Seconds after which a trial ends by itself, should nobody end it. */
const longest = 300;

/** Prints Alertmanager's counters of messages. */
export const countersScript = `curl -fsS -m 10 ${alertmanager}/metrics | grep '^alertmanager_notifications_\\(failed_\\)\\{0,1\\}total{' || :`;

/** Prints Prometheus' rules, Alertmanager's state, its receivers, the time, and its counters; each of the first four in one line. */
export const beforeScript = `set -e
for url in '${prometheus}/api/v1/rules?type=alert' ${alertmanager}/api/v2/status ${alertmanager}/api/v2/receivers; do
${oneLine('"$url"')}
done
date +%s
${countersScript}
`;

/** Hands trials over, firing or ended, and prints the second at which it began. */
export function handScript(trials: readonly Trial[], state: "firing" | "ended"): string {
  const alerts = trials.map(({ labels, annotations }) => ({
    ...{ labels, annotations, startsAt: "@START@", endsAt: state === "firing" ? "@END@" : "@START@" },
  }));
  return `set -e
at=$(date +%s.%N)
second=\${at%.*}
start=$(date -u -d "@$second" +%Y-%m-%dT%H:%M:%SZ)
end=$(date -u -d "@$((second + ${longest}))" +%Y-%m-%dT%H:%M:%SZ)
printf %s ${shellQuote(JSON.stringify(alerts))} | sed -e "s/@START@/$start/g" -e "s/@END@/$end/g" |
  curl -fsS -m 10 -o /dev/null -H 'Content-Type: application/json' --data-binary @- ${alertmanager}/api/v2/alerts
echo "$at"
`;
}

/** Prints what Alertmanager makes of the trials that fire, in one line, and what it has said of all of them since a second. */
export function lookScript(id: string, since: number): string {
  return `set -e
${oneLine(`-G --data-urlencode ${shellQuote(`filter=${trialLabel}="${id}"`)} ${alertmanager}/api/v2/alerts`)}
journalctl -u prometheus-alertmanager.service -o cat --no-pager --since @${since} | grep -F -e ${id} -e 'Notify for alerts failed' || :
`;
}

/** Alertmanager's counters of messages by channel. */
export function countersIn(metrics: string): ReadonlyMap<string, { readonly sent: number; readonly failed: number }> {
  const counts = new Map<string, { sent: number; failed: number }>();
  for (const line of metrics.split("\n")) {
    const [, failed, channel = "", value] =
      /^alertmanager_notifications_(failed_)?total\{.*integration="(\w+)".*\} (\S+)$/.exec(line) ?? [];
    if (value === undefined) continue;
    const count = counts.get(channel) ?? { sent: 0, failed: 0 };
    // Failures are counted by reason.
    counts.set(
      channel,
      failed ? { ...count, failed: count.failed + Number(value) } : { ...count, sent: Number(value) },
    );
  }
  return counts;
}
