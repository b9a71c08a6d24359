import { type AlertRule, selector } from "../../formats/prometheus.ts";
import type { Topology } from "../../model/topology.ts";
import { jobs } from "./paths.ts";
import { alert, missing } from "./rule.ts";

// Counted by Alertmanager when something was not taken within ten seconds, however often it was tried.
const failed = "alertmanager_notifications_failed_total";

/** Delivery that fails: told by whichever channel still works, and by `rampart status`. */
export function deliveryAlerts({ site }: Topology): readonly AlertRule[] {
  return channelsOf(site.monitor.alerts).map(([integration, name]) => {
    const series = selector(failed, { job: jobs.alertmanager, integration });
    return alert(
      "AlertsNotDelivered",
      "page",
      "0s",
      `sum by (host, tier) (increase(${series}[1m])) > 0`,
      {
        summary: `Alerts do not get through by ${name}`,
        description: `What was to be told in the last minute was not taken. It is tried again until it is.`,
      },
      { channel: integration },
    );
  });
}

/** What those alerts look at. */
export function deliveryMeasurements({ site }: Topology): readonly AlertRule[] {
  return channelsOf(site.monitor.alerts).map(([integration, name]) =>
    missing(selector(failed, { job: jobs.alertmanager, integration }), `the delivery of alerts by ${name}`),
  );
}

function channelsOf({ webhook, email }: Topology["site"]["monitor"]["alerts"]) {
  return [
    ...(webhook === undefined ? [] : [["webhook", "webhook"] as const]),
    ...(email === undefined ? [] : [["email", "e-mail"] as const]),
  ];
}
