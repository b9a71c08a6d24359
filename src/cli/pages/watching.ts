import type { Page, PageOption } from "../../report/page.ts";
import { json } from "./common.ts";

const once: PageOption = {
  flags: "--once",
  text: "Say it once and end, instead of drawing it again every two seconds until Ctrl-C.",
};

/** Looking at the running site. */
export const watchingPages: readonly Page[] = [
  {
    verb: "dashboard",
    summary: "open the site's dashboard in a browser, through SSH",
    synopsis: ["dashboard [--no-open] [--port PORT]"],
    description: [
      "Makes the dashboard of the monitor host reachable on this machine's loopback, through the SSH connection to that host, prints its address, and opens a browser where there is a screen. It lasts until Ctrl-C. Nobody else reaches it: on the monitor host it listens on the loopback only.",
      "The page tells whether the site is well, shows who talks to whom and how much, and has a page for each tier and host, the database, certificates, bans, alerts and logs. It is for looking only. Its address holds what it shows, so a link can be sent to whoever has a tunnel of their own on the same port.",
    ],
    arguments: [],
    options: [
      { flags: "--no-open", text: "Open no browser." },
      { flags: "--port PORT", text: "The port on this machine; without it a free one." },
      { ...json, text: "Print site and url as JSON." },
    ],
    examples: [
      { term: "rampart dashboard", text: "Look at it." },
      { term: "rampart dashboard --no-open --port 8800", text: "At an address that stays the same." },
    ],
    exits: [
      { term: "0", text: "It was ended by Ctrl-C." },
      { term: "1", text: "The monitor host or its dashboard does not answer, or the way to it broke." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["top", "qps", "status"],
  },
  {
    verb: "top",
    summary: "show the dashboard's overview in the terminal, live",
    synopsis: ["top [--once] [--json]"],
    description: [
      "Shows whether the site is well, requests and times to answer, every host with what it is asked and how full it is, the database, certificates, bans, backups and what fires; drawn again every two seconds until Ctrl-C. It is what the monitor host knows. rampart status asks every host itself instead.",
      "A figure that is not known is shown as – or no data, never as zero.",
    ],
    arguments: [],
    options: [once, { ...json, text: "The whole overview as JSON, once; unknown values are null." }],
    examples: [{ term: "rampart top --once", text: "How it is now." }],
    exits: [
      { term: "0", text: "All is well; or it was ended by Ctrl-C." },
      { term: "1", text: "Something is not well or not known, or the monitor host does not answer." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["qps", "dashboard", "status"],
  },
  {
    verb: "qps",
    summary: "show requests per second by tier, service, host and status class, live",
    synopsis: ["qps [--once] [--json]"],
    description: [
      "Shows how many requests each tier, service and host gets: now (the last ten seconds), as the average of the last minute, by class of the answer's status, and the last five minutes as a line; drawn again every two seconds until Ctrl-C. Each tier is counted by those who ask it: visitors' requests by the balancers' own counters, which hold what was refused too, those of web hosts by the balancers, those of services by the web hosts. Where the web hosts open visitors' TLS, they are who counts visitors. Databases are counted in statements.",
      "The JSON holds rows[] {tier, name, of, unit, now, minute, classes, history[]}, errorShare, p50, p95 and p99 (seconds), and data {fresh, at, why}; unknown values are null.",
    ],
    arguments: [],
    options: [once, { ...json, text: "As JSON, once." }],
    examples: [
      { term: "rampart qps", text: "Live." },
      { term: "rampart qps --json | jq '.rows[0].minute'", text: "Visitors' requests a second, over the last minute." },
    ],
    exits: [
      { term: "0", text: "There are figures; or it was ended by Ctrl-C." },
      { term: "1", text: "The monitor host does not answer, or has no data." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["top", "dashboard"],
  },
];
