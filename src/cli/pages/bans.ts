import type { Page } from "../../report/page.ts";
import { exits, json } from "./common.ts";

/** Visitors that are not answered for a while. */
export const bansPages: readonly Page[] = [
  {
    verb: "bans",
    summary: "show, make and end bans of visitors",
    synopsis: ["bans [list] [--json]", "bans add ADDRESS [--for TIME]", "bans lift ADDRESS"],
    description: [
      "Whoever fails to log in too often (limits.logins of the site file, at the login path of a service, or at the dashboard) is banned at all balancers within milliseconds: their requests get a calm page, status 403; with tls.terminate: 'web' their connections are closed. A ban ends by itself after its time.",
      "list shows who is banned, until when and why. add bans an address by hand; lift ends a ban and forgets the failed log-ins that led to it. The site's own hosts and the operators' networks can never be banned.",
      "Balancers keep the list when they restart, all at once too. It is the balancers' answer to visitors; for whole networks, and for everything but web requests, use the firewall.",
    ],
    arguments: [
      { name: "DEED", text: "list, add or lift; list without it.", completes: ["list", "add", "lift"] },
      { name: "ADDRESS", text: "An IPv4 address." },
    ],
    options: [
      {
        flags: "--for TIME",
        text: 'With add: how long, such as 90s, 30m, 1h or 7d; 14d at most. "limits.ban" without it.',
      },
      json,
    ],
    examples: [
      { term: "rampart bans", text: "Who is banned." },
      { term: "rampart bans add 192.0.2.7 --for 1d", text: "For a day, at all balancers." },
      { term: "rampart bans lift 192.0.2.7", text: "It was somebody of ours." },
    ],
    exits,
    files: [
      { term: "/var/lib/rampart/bans", text: "On every balancer: the bans, written every ten seconds, read at start." },
    ],
    related: ["status", "logs"],
  },
];
