import { strictConfinement } from "../../formats/hardening.ts";
import { systemdFile } from "../../formats/systemd.ts";
import { type AlertEmail, alertTrust, mailPassword } from "../../model/alerts.ts";
import { mailPlace, placeOf } from "../../model/probes.ts";
import type { FileResource, Origin, Resource } from "../../model/resource.ts";
import { programReference, secretReference } from "../../model/secret.ts";
import type { Site } from "../../model/site.ts";
import type { DeclaredFlow, Host, Outside } from "../../model/topology.ts";
import { header } from "./header.ts";
import { mailTemplate } from "./mail-template.ts";
import { paths } from "./paths.ts";

// The ways out for alerts, and what they need.

export const mailFiles = {
  password: "/etc/prometheus/mail.password",
  unit: "/etc/systemd/system/rampart-mail.service",
} as const;

const origin: Origin = {
  role: "monitor",
  path: "monitor.alerts.email",
  why: "Alerts are delivered to the operators by e-mail.",
};

/** Alertmanager speaks TLS from the first byte when the port is this one, and only then. */
const tlsAtOnce = 465;

/** Port on the loopback of the monitor that leads to the mail server. */
export function mailLocalPort({ port }: AlertEmail): number {
  return port === tlsAtOnce ? tlsAtOnce : 587;
}

/** The ways out for alerts, when there are any. */
export function deliveryFlows({ monitor }: Site): readonly DeclaredFlow[] {
  const { webhook, email } = monitor.alerts;
  const hook = placeOf(webhook, "webhook");
  return [
    ...(hook === undefined ? [] : [wayOut("webhook", hook, "")]),
    ...(email === undefined ? [] : [wayOut("email", mailPlace(email), " by e-mail")]),
  ];
}

function wayOut(channel: "webhook" | "email", to: Outside, how: string): DeclaredFlow {
  return {
    ...{ role: "monitor", from: { kind: "tier", tier: "monitor" }, path: `monitor.alerts.${channel}`, to },
    why: `Alerts are delivered to the operators${how}.`,
  };
}

/** What is delivered is written by these; and whoever vouches for webhook and mail server. */
export function deliveryResources(host: Host, site: Site, why: string): readonly Resource[] {
  const { email, trust } = site.monitor.alerts;
  const text = (file: string, content: string): FileResource => ({
    ...{ role: "monitor", path: "monitor.alerts", why, kind: "file", file, content },
    ...{ mode: "0644", owner: "root", group: "root" },
  });
  return [
    text(paths.mailTemplate, mailTemplate(host, site, why)),
    text(paths.runbooks, `{{/* ${header(host, why)} */}}\n${programReference("alert-runbooks")}\n`),
    ...(trust === undefined ? [] : [text(paths.alertTrust, `${secretReference(alertTrust)}\n`)]),
    ...(email === undefined ? [] : mailResources(host, email)),
  ];
}

function mailResources(host: Host, email: AlertEmail): readonly Resource[] {
  const password: FileResource = {
    ...{ ...origin, kind: "file", file: mailFiles.password, content: secretReference(mailPassword) },
    ...{ mode: "0640", owner: "root", group: "prometheus" },
  };
  return [
    {
      ...origin,
      kind: "package",
      name: "socat",
      why: "Leads Alertmanager to the mail server, with patience that ends.",
    },
    ...(email.user === undefined ? [] : [password]),
    {
      ...{ ...origin, kind: "file", file: mailFiles.unit, content: mailUnit(host, email) },
      ...{ mode: "0644", owner: "root", group: "root" },
    },
    {
      ...{ ...origin, kind: "unit", name: "rampart-mail.service", state: "running", reloadOn: [] },
      restartOn: [`file:${mailFiles.unit}`],
    },
  ];
}

/** Seconds in which a mail server must say something. */
const patience = 20;

/**
 * Alertmanager waits for a mail server without end (notify/email has no deadline), and sends nothing more meanwhile. Here a
 * connection on which nothing is said any more is closed, so that it fails, is counted, and is tried again.
 */
function mailUnit(host: Host, email: AlertEmail): string {
  const listen = `TCP4-LISTEN:${mailLocalPort(email)},bind=127.0.0.1,reuseaddr,fork,max-children=16`;
  const lead = `TCP4:${email.host}:${email.port},connect-timeout=${patience / 2},keepalive`;
  return systemdFile(
    [
      {
        name: "Unit",
        lines: [
          ["Description", "The way of alerts to the mail server"],
          ["StartLimitIntervalSec", "0"],
        ],
      },
      {
        name: "Service",
        lines: [
          "What passes is encrypted between Alertmanager and the mail server.",
          ["ExecStart", `/usr/bin/socat -T ${patience} ${listen} ${lead}`],
          ["DynamicUser", "yes"],
          ["Restart", "always"],
          ["RestartSec", "1"],
          ...strictConfinement,
          "To listen at a port below 1024, as Alertmanager wants it.",
          ["AmbientCapabilities", "CAP_NET_BIND_SERVICE"],
          ["CapabilityBoundingSet", "CAP_NET_BIND_SERVICE"],
          ["InaccessiblePaths", "-/etc/prometheus -/var/lib/prometheus -/etc/rampart/tls -/root -/var/lib/rampart"],
        ],
      },
      { name: "Install", lines: [["WantedBy", "multi-user.target"]] },
    ],
    header(host, origin.why),
  );
}
