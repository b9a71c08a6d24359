import type { AlertRule } from "../../formats/prometheus.ts";

/** page: someone must act now. ticket: someone must act this week. */
export type Severity = "page" | "ticket";

/** An alert with its runbook. `text` may use Prometheus' templates. */
export function alert(
  name: string,
  severity: Severity,
  holds: string,
  expr: string,
  text: { readonly summary: string; readonly description: string },
  labels: Readonly<Record<string, string>> = {},
): AlertRule {
  return {
    alert: name,
    expr,
    for: holds,
    labels: { severity, ...labels },
    annotations: { ...text, runbook: `docs/runbooks/${name}.md` },
  };
}

/** For a condition that is that something is not there: of what is not measured at all MeasurementMissing tells. */
export const whileMeasuring = " and on () (count(up) > 0)";

/** A measurement that other alerts look at is not there. */
export function missing(series: string, what: string): AlertRule {
  const text = {
    summary: `No measurement of ${what}`,
    description: "Alerts that look at it are blind until it is back.",
  };
  return alert("MeasurementMissing", "page", "20s", `absent(${series})`, text, { what });
}
