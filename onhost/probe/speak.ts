import type { ProbeSettings, Told } from "../../src/model/probe.ts";
import { ask } from "./ask.ts";
import type { Letter } from "./mail.ts";

/** What operators are told, in the form of Alertmanager's webhook (prometheus.io/docs/alerting/latest/configuration/#webhook_config). */
export function notice(
  settings: Pick<ProbeSettings, "site" | "region" | "monitor">,
  told: Told,
  end: string | undefined,
  seen: string,
) {
  const status = end === undefined ? "firing" : "resolved";
  const labels = { alertname: "MonitorSilent", severity: "page", site: settings.site };
  const hosts = settings.monitor.hosts.join(" and ");
  const annotations = {
    summary:
      end === undefined
        ? `The monitor of ${settings.site} is silent`
        : `The monitor of ${settings.site} is heard again`,
    description: `Told by the probe in ${settings.region}: ${end === undefined ? `no sign of life of ${hosts} reached any region. Until it is back no other alert can come.` : `signs of life of ${hosts} come again.`} ${seen}`,
    runbook: "docs/runbooks/MonitorSilent.md",
  };
  return {
    ...{ version: "4", groupKey: `{}:{alertname="MonitorSilent",site="${settings.site}"}`, truncatedAlerts: 0 },
    ...{ status, receiver: "operators", groupLabels: { alertname: labels.alertname }, commonLabels: labels },
    ...{ commonAnnotations: annotations, externalURL: "" },
    alerts: [
      {
        ...{ status, labels, annotations, startsAt: told.since, endsAt: end ?? "0001-01-01T00:00:00Z" },
        ...{ generatorURL: "", fingerprint: "6d6f6e73696c656e" },
      },
    ],
  };
}

/** The same for a letter, as the monitor writes them. */
export function letterOf(message: ReturnType<typeof notice>): Letter {
  const { status, commonAnnotations: told, commonLabels: labels, alerts } = message;
  const [alert] = alerts;
  const firing = status === "firing";
  const rows = [...(firing ? [] : [["to", alert?.endsAt ?? ""]]), ...(firing ? [["runbook", told.runbook]] : [])];
  return {
    subject: `[${labels.site}] ${firing ? "page" : "resolved"}: ${labels.alertname}`,
    text: [
      `${labels.alertname}, ${firing ? labels.severity : "resolved"}`,
      `  ${told.summary}`,
      `  ${told.description}`,
      ...[["since", alert?.startsAt ?? ""], ...rows].map(([name = "", text = ""]) => `  ${name.padEnd(9)}${text}`),
    ].join("\n"),
  };
}

/** Sends it; fails when it was not taken. */
export async function deliver(url: string, message: unknown, trust: string | undefined): Promise<void> {
  const body = JSON.stringify(message);
  const headers = { "content-type": "application/json", "user-agent": "Rampart-Probe" };
  const { status } = await ask({ url, method: "POST", headers, body, ca: trust, limit: 5000 });
  if (status < 200 || status > 299) throw new Error(`the webhook answers ${status}`);
}
