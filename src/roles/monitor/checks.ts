import { type Check, changesBegan } from "../../model/role.ts";
import type { Host, Topology } from "../../model/topology.ts";
import { jobs, local } from "./paths.ts";
import { targetCount } from "./scrape.ts";

/** The monitor watches everything, sees the site answer, and has nothing to complain about. */
export function monitorChecks(host: Host, topology: Topology): readonly Check[] {
  const check = (what: string, within: number, promise: string, script: string): Check => ({
    ...{ id: `monitor.${what}`, role: "monitor", host: host.name, from: [host.name], within, promise, script },
  });
  const { domain } = topology.site;
  return [
    check("ready", 20, `Prometheus, Alertmanager and the prober of ${host.name} answer`, ready),
    // A probe of certificates that failed once, as on a busy machine, is made again after a minute.
    check("targets", 75, "every service with measurements gives them", targets(targetCount(host, topology))),
    check("site", 30, `https://${domain}/ answers the monitor as it answers visitors`, site),
    check("alerts", 30, "no alert is firing", alerts),
  ];
}

const ready = `for at in ${local.prometheus}/-/ready ${local.alertmanager}/-/ready ${local.blackbox}/-/healthy; do
  curl -fsS -m 3 -o /dev/null "http://$at" || { echo "http://$at does not answer"; exit 1; }
done`;

/** `ask EXPRESSION` prints one series a line, as JSON. By curl: promtool takes a second of a small machine to start. */
const ask = `ask() { curl -fsS -m 8 --data-urlencode "query=$1" http://${local.prometheus}/api/v1/query | sed 's/{"metric"/\\n&/g'; }`;

/**
 * Asked of Prometheus itself and not by a query: what was removed lives on in queries for a while. The probes of certificates
 * look seldom; their first look may come later.
 */
function targets(expected: number): string {
  return `list=$(curl -fsS -m 5 "http://${local.prometheus}/api/v1/targets?state=active") || { echo "Prometheus does not answer"; exit 1; }
list=$(printf '%s\\n' "$list" | sed 's/"discoveredLabels"/\\n/g' | sed 1d)
down=$(printf '%s\\n' "$list" | grep -v -e '"health":"up"' -e '"scrapePool":"${jobs.certificates}".*"health":"unknown"' -e '"scrapePool":"${jobs.inside}".*"health":"unknown"' | sed -e 's/.*"labels":{//' -e 's/.*"instance":"\\([^"]*\\)","job":"\\([^"]*\\)".*/\\2 at \\1/' | paste -sd,)
[ -z "$down" ] || { echo "no measurements from: $down"; exit 1; }
count=$(printf '%s\\n' "$list" | grep -c .)
[ "$count" = ${expected} ] || { echo "$count of ${expected} targets are asked"; exit 1; }`;
}

const site = `${ask}
answer=$(ask 'probe_success{job="${jobs.site}"}')
case "$answer" in
  *'"status":"success"'*'"1"]'*) ;;
  *'"status":"success"'*) echo "the probe of the site fails: $(printf '%s\\n' "$answer" | sed 1d | grep . || echo it has not been made yet)"; exit 1 ;;
  *) echo "Prometheus does not answer"; exit 1 ;;
esac`;

/** While changes are judged, an alert whose cause was there before they were begun does not hold them up: they may be its remedy. */
const alerts = `${ask}
older() { [ -n "\${${changesBegan}:-}" ] && echo "unless ignoring(alertstate) ALERTS_FOR_STATE < $(($(date +%s) - ${changesBegan}))"; }
firing=$(ask "ALERTS{alertstate=\\"firing\\"} $(older)")
case "$firing" in *'"status":"success"'*) ;; *) echo "Prometheus does not answer"; exit 1 ;; esac
firing=$(printf '%s\\n' "$firing" | sed -n -e 's/.*"alertname":"\\([^"]*\\)".*"host":"\\([^"]*\\)".*/\\1 \\2/p;t' -e 's/.*"alertname":"\\([^"]*\\)".*/\\1/p' | paste -sd,)
[ -z "$firing" ] || { echo "firing: $firing"; exit 1; }`;
