import { labelsKey } from "../../src/model/alerts.ts";
import type { AlertNow } from "../../src/model/overview.ts";

interface RawAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: string;
  readonly activeAt: string;
}

interface SentAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly status: { readonly silencedBy: readonly string[] };
}

/**
 * Alerts as Prometheus has them; Alertmanager knows which of them are silenced.
 * @param sent what Alertmanager has; undefined when it did not answer: then none counts as silenced
 */
export function alertsOf(answer: unknown, sent: unknown): readonly AlertNow[] {
  const raw = (answer as { data?: { alerts?: readonly RawAlert[] } }).data?.alerts ?? [];
  const silenced = new Set(
    (Array.isArray(sent) ? (sent as readonly SentAlert[]) : [])
      .filter(({ status }) => status.silencedBy.length > 0)
      .map(({ labels }) => labelsKey(labels)),
  );
  return raw
    .map(
      ({ labels, annotations, state, activeAt }): AlertNow => ({
        name: labels.alertname ?? "unnamed",
        state: state === "firing" ? "firing" : "pending",
        severity: labels.severity ?? "",
        summary: annotations.summary ?? "",
        description: annotations.description ?? "",
        since: activeAt,
        runbook: annotations.runbook ?? "",
        labels,
        silenced: silenced.has(labelsKey(labels)),
      }),
    )
    .toSorted((one, other) => rank(one) - rank(other) || one.since.localeCompare(other.since));
}

function rank({ state, severity }: AlertNow): number {
  return (state === "firing" ? 0 : 2) + (severity === "page" ? 0 : 1);
}
