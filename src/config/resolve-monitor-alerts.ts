import type { AlertEmail, SiteAlerts } from "../model/alerts.ts";
import type { AlertsInput, EmailInput } from "./input.ts";
import type { Choose } from "./resolve-web.ts";

/** Where alerts go, with the reason of every default. */
export function monitorAlerts(given: AlertsInput | undefined, choose: Choose): SiteAlerts {
  const at = (key: string) => `monitor.alerts.${key}`;
  const none = "alerts are shown by rampart status; they are sent only where you say";
  const webhook = choose(at("webhook"), given?.webhook, undefined, none);
  const email =
    given?.email === undefined ? choose(at("email"), undefined, undefined, none) : mail(given.email, at, choose);
  const trust = choose(at("trust"), given?.trust, undefined, "a public authority is one that Debian knows");
  const heartbeat = choose(
    at("heartbeat"),
    given?.heartbeat,
    undefined,
    "the site's own probes notice that the monitor is silent; for one more elsewhere you need an account there",
  );
  const dailyReport = choose(at("dailyReport"), given?.dailyReport, undefined, "rampart report shows any day");
  return { webhook, email, trust, heartbeat, dailyReport };
}

function mail(given: EmailInput, at: (key: string) => string, choose: Choose): AlertEmail {
  const server = choose(at("email.server"), given.server, given.server, "");
  const [host = "", port] = server.split(":");
  return {
    to: choose(at("email.to"), given.to, given.to, ""),
    from: choose(at("email.from"), given.from, given.from, ""),
    ...{ host, port: Number(port) },
    user: choose(at("email.user"), given.user, undefined, "some servers take mail from hosts that they know"),
    password: choose(at("email.password"), given.password, undefined, "nobody logs in"),
  };
}
