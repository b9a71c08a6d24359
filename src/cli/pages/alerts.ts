import type { Page } from "../../report/page.ts";
import { exits, json } from "./common.ts";

/** What is told, and what is not. */
export const alertPages: readonly Page[] = [
  {
    verb: "alerts",
    summary: "show which alerts fire, or one of them with its runbook",
    synopsis: ["alerts [--all] [--json]", "alerts NAME", "alerts test [--yes] [--json] [NAME…]"],
    description: [
      "Asks the monitor how its rules stand: those that fire, those that are about to, and with --all those at rest. A rule is for one thing; an alert of it for each host where that holds.",
      "With NAME: since when it fires and where, and its runbook: what it means, where to look, what to do.",
      "test shows that alerts arrive: for every rule that the monitor has, or for those named, it hands Alertmanager an alert as that rule would give it (name, severity, text, runbook), marked as a test in the subject and in the text, and ends it. Alerts go the usual way: routes, templates, webhook, mail. What the webhook's address or the mail server has taken is read from what Alertmanager writes of its deliveries; the seconds are those until then. Pages by mail are a letter each and one for their end; tickets are one letter. Outside the lab it asks before. It ends with 1 when anything was not delivered: refused, silenced, led nowhere.",
      "What test does not show: that a rule fires when it should. The conditions are tried with Rampart's own unit tests (promtool test rules) and, where a fault can be made, in the lab. Whether a letter that the mail server took reached a person is not seen by it either, and neither is what the probes tell by themselves (MonitorSilent).",
      "Alerts are sent by monitor.alerts of the site file. One that a silence keeps from being sent is shown as silenced.",
    ],
    arguments: [{ name: "NAME", text: "An alert, such as SiteDown.", completes: ["test"] }],
    options: [
      { flags: "-a, --all", text: "Rules at rest, too." },
      { flags: "--yes", text: "With test: send without a question." },
      json,
    ],
    examples: [
      { term: "rampart alerts", text: "What fires now." },
      { term: "rampart alerts HostDown", text: "What to do about it." },
      { term: "rampart alerts test SiteDown", text: "Whether it would reach you." },
    ],
    exits: [
      { term: "0", text: "Nothing fires; test: all was delivered." },
      {
        term: "1",
        text: "Something fires; test: something was not delivered, or nothing was sent; or the monitor did not answer.",
      },
      { term: "2", text: "A wrong option, or no such alert." },
    ],
    files: [{ term: "docs/runbooks", text: "The runbooks." }],
    related: ["status", "silence"],
  },
  {
    verb: "silence",
    summary: "keep alerts of planned work from being sent",
    synopsis: ["silence [--host HOST] [--alert NAME] [--for TIME] --why TEXT", "silence list", "silence end ID"],
    description: [
      "What is silenced still shows in rampart alerts and rampart status; it is not sent. A silence ends by itself.",
      "rampart apply and rampart db switchover make one of their own, for the hosts that they change, and end it. Theirs never hides what visitors feel (SiteDown and the like) or a broken promise of the database.",
    ],
    arguments: [
      { name: "DEED", text: "list or end; without it one is made.", completes: ["list", "end"] },
      { name: "ID", text: "As list shows it." },
    ],
    options: [
      { flags: "--host HOST", text: "Alerts of this host." },
      { flags: "--alert NAME", text: "This alert; with --host, only there." },
      { flags: "--for TIME", text: "How long: 30m, 2h; 7d at most, 1h without it." },
      { flags: "--why TEXT", text: "What is done meanwhile." },
      json,
    ],
    examples: [
      { term: 'rampart silence --host web1 --for 30m --why "new disk"', text: "Before the host is switched off." },
      { term: "rampart silence list", text: "What is not sent now." },
    ],
    exits,
    files: [],
    related: ["alerts", "apply"],
  },
];
