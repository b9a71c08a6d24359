import { type AlertRule, selector } from "../../formats/prometheus.ts";
import { jobs, local } from "./paths.ts";
import { alert, missing } from "./rule.ts";

// A monitor with a dead part of its own must not look like a healthy site.

const prometheus = { job: jobs.prometheus };
const grown = (metric: string, within = "2m", labels = {}) =>
  `increase(${selector(metric, { ...prometheus, ...labels })}[${within}])`;
const loaded = [
  selector("prometheus_config_last_reload_successful", prometheus),
  selector("alertmanager_config_last_reload_successful", { job: jobs.alertmanager }),
  selector("blackbox_exporter_config_last_reload_successful", { job: jobs.blackbox }),
];

/** Rules that cannot be judged, alerts that do not reach Alertmanager, files that were not taken. */
export function selfAlerts(): readonly AlertRule[] {
  // What fires is sent again every minute: one failure is an Alertmanager that was started again, two in a row are an alert.
  // That another monitor's is not reached is told by HostDown or TargetDown.
  const own = { alertmanager: `http://${local.alertmanager}/api/v2/alerts` };
  const unsent = `(${grown("prometheus_notifications_errors_total", "75s", own)} > 0) or (${grown("prometheus_notifications_dropped_total", "75s")} > 0)`;
  return [
    alert(
      "RulesFail",
      "page",
      "0s",
      `max by (host, tier) (${grown("prometheus_rule_evaluation_failures_total")}) > 0`,
      {
        summary: "Alert rules cannot be judged on {{ $labels.host }}",
        description: "An alert whose rule fails never fires, whatever happens.",
      },
    ),
    alert("AlertmanagerUnreached", "page", "80s", `max by (host, tier) (${unsent})`, {
      summary: "Alerts do not get from Prometheus to Alertmanager on {{ $labels.host }}",
      description: "This monitor tells nobody of anything. `rampart status` still shows what fires.",
    }),
    alert("MonitorConfigRefused", "ticket", "30s", `min by (host, tier, service) (${loaded.join(" or ")}) == 0`, {
      summary: "{{ $labels.service }} on {{ $labels.host }} goes on with old files: it refused the new ones",
      description: "What has been added to the site since then is not watched.",
    }),
  ];
}

/** What those alerts look at. */
export function selfMeasurements(): readonly AlertRule[] {
  return [
    missing(selector("prometheus_rule_evaluation_failures_total", prometheus), "the monitor's own rules"),
    missing(selector("prometheus_notifications_dropped_total", prometheus), "the monitor's own alerts"),
    ...loaded.map((series) => missing(series, `what the monitor's programs have loaded (${series.split("_")[0]})`)),
  ];
}
