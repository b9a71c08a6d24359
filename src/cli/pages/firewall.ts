import type { Page } from "../../report/page.ts";
import { exits, json, siteFile } from "./common.ts";

/** The firewall. */
export const firewallPages: readonly Page[] = [
  {
    verb: "firewall",
    summary: "explain, try and change who may reach what",
    synopsis: [
      "firewall matrix",
      "firewall explain FROM TO:PORT",
      "firewall verify [--full] [--seed NUMBER]",
      "firewall list",
      "firewall block ADDRESS|NETWORK|FILE… [--for TIME]",
      "firewall unblock ADDRESS|NETWORK|FILE…",
    ],
    description: [
      "explain tells whether FROM may reach TO:PORT, by which declared flow and line of the site file, by which rules on both hosts, and what a real packet does now: a connection is tried, and the counters on its way are read before and after. matrix shows who may reach which service.",
      "verify looks at every host in one round trip (loaded rules against the rendered ones, listening programs against the declared services, addresses, what the next boot will load) and tries real connections from every host to every host, from the visitor's seat, and from the operator's, which no rules of a host filter: every port on which anything listens anywhere, every declared port, and some drawn at random. What is open must be declared, and what is declared must be open. With --full it tries all 65,535 TCP ports: about 6 minutes for the 12 hosts of the shop, in a lab on 2 cores.",
      "block shuts addresses out at every balancer at once, also connections that stand, for a time or until unblock; it outlives new rules and reboots. Hosts of the site and operators cannot be blocked. What should always be shut out belongs in the site file: firewall.block.",
    ],
    arguments: [
      {
        name: "DEED",
        text: "explain, matrix, verify, list, block or unblock.",
        completes: ["explain", "matrix", "verify", "list", "block", "unblock"],
      },
      { name: "FROM", text: "A host, visitor, operator, or an IPv4 address.", completes: "hosts" },
      {
        name: "TO:PORT",
        text: "A host, or site (the public address), and a port number or the name of a service there: db1:3306, db1:mariadb, site:https.",
      },
      { name: "ADDRESS", text: "An IPv4 address or network, or a file with one a line; # begins a comment." },
    ],
    options: [
      { flags: "--full", text: "verify: all 65,535 TCP ports." },
      { flags: "--seed NUMBER", text: "verify: draws the same ports again." },
      { flags: "--for TIME", text: "block: how long, such as 30m, 1h or 7d. Without it: until unblock." },
      json,
    ],
    examples: [
      { term: "rampart firewall explain web1 db1:3306", text: "May a web host reach the database?" },
      { term: "rampart firewall explain visitor site:https", text: "By which rule do visitors come?" },
      { term: "rampart firewall verify", text: "Is it closed, and is it open, as declared?" },
      { term: "rampart firewall block 203.0.113.0/24 --for 1h", text: "Nobody there gets an answer for an hour." },
    ],
    exits: [
      ...exits.slice(0, 1),
      { term: "1", text: "verify: something is not as declared. Otherwise: it could not be done." },
      ...exits.slice(2),
    ],
    files: [
      siteFile,
      { term: "/var/lib/rampart/blocks", text: "On balancers: what is blocked by hand, and until when." },
    ],
    related: ["explain", "verify", "plan"],
  },
];
