import type { Page } from "../../report/page.ts";
import { caCertificate, exits, hostArgument, json, siteFile } from "./common.ts";

/** What is, what should be, and why. */
export const truthPages: readonly Page[] = [
  {
    verb: "status",
    summary: "show how the site is now",
    synopsis: ["status [--json]"],
    description: [
      "Asks every host at once and shows: each host and its state, the balancer that holds the address (★), the primary of the database (★) and how far its replicas are behind, the alerts that fire, and how many addresses are banned, if any.",
      "A host is well, degraded (it answers, and something on it has failed), unreachable, off, or not applied (it was never brought to what the file says). What gives no answer is shown as unknown, never as well.",
      "The JSON holds site, environment, url, ca, hosts[] {name, role, address, state}, address {ip, holder}, bans, regions[] (see rampart regions), database {primary, members[] {host, standing, lagSeconds}} and alerts[]; unknown values are null, and alertsKnown is false when the monitor did not answer.",
    ],
    arguments: [],
    options: [json],
    examples: [
      { term: "rampart status", text: "How it is." },
      {
        term: "curl --cacert $(rampart status --json | jq -r .ca) $(rampart status --json | jq -r .url)",
        text: "Ask the site itself.",
      },
    ],
    exits: [
      { term: "0", text: "All hosts are well, and no alert fires." },
      { term: "1", text: "Something is not well, or not known." },
      { term: "2", text: "A wrong option." },
    ],
    files: [caCertificate],
    related: ["verify", "logs"],
  },
  {
    verb: "verify",
    summary: "try everything that the site promises, from outside",
    synopsis: ["verify [--json]"],
    description: [
      "Makes every check of every role once: pages by the public address, encryption and names of certificates between all tiers, ports that must be closed, replication, units. Each is made from where it matters: by a visitor, or by the host that depends on it. Changes nothing.",
      "Then it looks into every host: how far each of the site's running services is confined (systemd-analyze security, from 0 to 10, beside the most that it may have: 2 for services of yours and of Rampart's, 3 for HAProxy, nginx, Prometheus and the exporters, 4 for MariaDB, 5 for keepalived, which gives and takes addresses), whether a password or private key can be read by everybody, whether anything listens that no role declares, and whether security updates wait. What cannot be told, such as updates on a host without package lists, is said and is no failure.",
      "The JSON holds checks[] {id, host, role, promise, ok, message} and hosts[] {host, units[] {unit, score, bound, exception}, findings[] {id, promise, state, message}}; the findings that hold or fail are among the checks, too.",
      "What does not hold is listed with what was found instead.",
    ],
    arguments: [],
    options: [json],
    examples: [{ term: "rampart lab cut web1; rampart verify", text: "What the loss of a host means." }],
    exits: [
      { term: "0", text: "Everything holds." },
      { term: "1", text: "Something does not." },
      { term: "2", text: "A wrong option." },
    ],
    files: [],
    related: ["status", "apply"],
  },
  {
    verb: "config",
    summary: "show the complete site, with every default and where it comes from",
    synopsis: ["config [--json]", "config --schema"],
    description: [
      "Shows every key that a site has, its value, and its origin: the line of the site file, or that it is a default and why that default was chosen. Asks no host.",
      "A site file with mistakes gets all of them at once, each with its path, its reason and what to do.",
    ],
    arguments: [],
    options: [
      { flags: "--schema", text: "The JSON Schema of site files instead, for editors and other programs." },
      json,
    ],
    examples: [
      { term: "rampart config", text: "The whole site." },
      { term: "rampart config --schema > rampart.schema.json", text: "For an editor that completes YAML." },
    ],
    exits,
    files: [siteFile],
    related: ["explain", "init"],
  },
  {
    verb: "explain",
    summary: "tell which role wants a thing on a host, from which line of the site file, and why",
    synopsis: ["explain HOST:PATH", "explain HOST:NAME", "explain HOST"],
    description: [
      "Answers for a file, a directory, a certificate, a systemd unit, a package, a user, a release or the firewall: what it is, which role wants it, why, from which line of the site file it follows, what happens when it changes, and how to look at it on the host. HOST alone lists everything that is there because of the site. Asks no host.",
    ],
    arguments: [
      hostArgument,
      { name: "PATH", text: "A file or directory on the host." },
      { name: "NAME", text: "A unit (nginx or nginx.service), package, user, or firewall." },
    ],
    options: [json],
    examples: [
      { term: "rampart explain web1:/etc/nginx/nginx.conf", text: "Why this file is there." },
      { term: "rampart explain db1:mariadb", text: "The unit and what belongs to it." },
      { term: "rampart explain lb1", text: "All that is on the first balancer." },
    ],
    exits,
    files: [siteFile],
    related: ["config", "render"],
  },
  {
    verb: "render",
    summary: "write all files of all hosts into a folder, for reading",
    synopsis: ["render DIR [--json]"],
    description: [
      "Writes every file that a host is to have to DIR/HOST/etc/…, its firewall with it, and to DIR/HOST/resources.txt a list of everything else: packages, users, directories, certificates, releases, and units with their states. Asks no host.",
      "Passwords and keys are not in it: in their place stands the name of the secret. DIR must be empty, not there yet, or the result of an earlier render, whose files are then replaced.",
    ],
    arguments: [{ name: "DIR", text: "The folder to write to.", completes: "folders" }],
    options: [json],
    examples: [
      {
        term: "rampart render /tmp/before",
        text: "And after an edit: rampart render /tmp/after; diff -r /tmp/before /tmp/after",
      },
    ],
    exits,
    files: [{ term: "DIR/.rampart-render", text: "Marks the folder, and lists what render wrote there." }],
    related: ["plan", "explain"],
  },
];
