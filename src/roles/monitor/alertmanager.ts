import { yamlFile } from "../../formats/prometheus.ts";
import { type AlertEmail, alertChannels, reportSeverity, trialLabel } from "../../model/alerts.ts";
import { peerSeconds, watchEachOther } from "../../model/monitors.ts";
import type { Site } from "../../model/site.ts";
import type { Host } from "../../model/topology.ts";
import { header } from "./header.ts";
import { mailFiles, mailLocalPort } from "./mail.ts";
import { paths } from "./paths.ts";

/**
 * alertmanager.yml: what pages goes out at once, the rest is gathered. Each channel has groups of its own, so that one that hangs
 * or refuses does not hold the other up; whatever was not delivered is tried again at every interval of its group.
 */
export function alertmanagerConfig(host: Host, site: Site, why: string): string {
  const { webhook, email } = site.monitor.alerts;
  const reports = site.monitor.alerts.dailyReport === undefined ? [] : reportReceivers(site);
  const routes = [
    ...reportRoutes(reports.map(({ name }) => name)),
    ...(webhook === undefined ? [] : webhookRoutes(site)),
    ...(email === undefined ? [] : mailRoutes),
  ];
  return yamlFile(
    {
      // Without a channel alerts are shown by `rampart status` and in Prometheus only.
      route: { receiver: "nobody", group_by: ["alertname"], repeat_interval: "4h", routes },
      templates: [paths.mailTemplate, paths.runbooks],
      receivers: [
        { name: "nobody" },
        ...(webhook === undefined ? [] : [{ name: alertChannels.webhook, webhook_configs: [{ url: webhook }] }]),
        ...(email === undefined ? [] : [{ name: alertChannels.email, email_configs: [mailConfig(email)] }]),
        ...reports,
      ],
    },
    header(host, why),
  );
}

const isPage = ['severity="page"'];
const isTicket = ['severity!="page"'];

/**
 * Where `rampart alerts test` goes: below the route of the alerts that it stands for, to the same receiver. In groups of its own, so that no
 * letter holds both; where those wait for minutes it does not.
 */
function trials(groupBy: string, pace: { readonly group_wait?: string; readonly group_interval?: string } = {}) {
  return { routes: [{ matchers: [`${trialLabel}!=""`], group_by: [groupBy, trialLabel], ...pace }] };
}

const trialsSoon = { group_wait: "5s", group_interval: "10s" };

function webhookRoutes(site: Site) {
  // With two monitors longer than one waits for the other: else that one tells what was so when it began to wait.
  const pace = watchEachOther(site) ? `${peerSeconds + 2}s` : "1s";
  const to = { receiver: alertChannels.webhook, continue: true };
  return [
    { ...to, matchers: isPage, group_wait: "0s", group_interval: pace, ...trials("alertname") },
    { ...to, matchers: isTicket, group_wait: "5s", group_interval: "30s", ...trials("alertname", trialsSoon) },
  ];
}

// A reader has one letter for all that comes within seconds, and one for all tickets of a quarter of an hour.
const mailRoutes = [
  { matchers: isPage, receiver: alertChannels.email, group_wait: "0s", group_interval: "10s", ...trials("alertname") },
  {
    ...{ matchers: isTicket, receiver: alertChannels.email, group_by: ["severity"] },
    ...{ group_wait: "1m", group_interval: "15m", repeat_interval: "24h" },
    ...trials("severity", trialsSoon),
  },
];

/** A report is no fault: it has no end to tell, and a letter of its own. */
function reportReceivers({ name, monitor }: Site) {
  const { webhook, email } = monitor.alerts;
  const letter = {
    headers: { Subject: `[${name}] {{ .CommonAnnotations.summary }}` },
    text: "{{ .CommonAnnotations.description }}\n",
  };
  const end = { send_resolved: false };
  return [
    ...(webhook === undefined ? [] : [{ name: "webhook-report", webhook_configs: [{ url: webhook, ...end }] }]),
    ...(email === undefined
      ? []
      : [{ name: "email-report", email_configs: [{ ...mailConfig(email), ...letter, ...end }] }]),
  ];
}

function reportRoutes(receivers: readonly string[]) {
  return receivers.map((receiver, index) => ({
    ...{
      matchers: [`severity="${reportSeverity}"`],
      receiver,
      group_by: ["day"],
      group_wait: "0s",
      group_interval: "1m",
    },
    // It is told once, however long it is kept for whoever does not take it.
    ...{ repeat_interval: "24h", continue: index < receivers.length - 1 },
  }));
}

/**
 * To the mail server by the way of mail.ts, whose end it verifies: the name in the certificate is the server's.
 * @see https://prometheus.io/docs/alerting/latest/configuration/#email_config
 */
function mailConfig(email: AlertEmail) {
  return {
    to: email.to.join(", "),
    from: email.from,
    smarthost: `127.0.0.1:${mailLocalPort(email)}`,
    hello: "localhost",
    ...(email.user === undefined ? {} : { auth_username: email.user, auth_password_file: mailFiles.password }),
    require_tls: email.port !== 465,
    tls_config: { server_name: email.host, min_version: "TLS12" },
    headers: { Subject: '{{ template "rampart.subject" . }}' },
    html: "",
    text: '{{ template "rampart.text" . }}',
    send_resolved: true,
  };
}
