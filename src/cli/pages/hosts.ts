import type { Page } from "../../report/page.ts";
import { hostArgument, json } from "./common.ts";

const remoteExits = [
  { term: "(its own)", text: "The exit code of the command on the host." },
  { term: "1", text: "The host cannot be reached, or there is no such host." },
  { term: "2", text: "A wrong option or argument." },
];

/** Working on a host. */
export const hostPages: readonly Page[] = [
  {
    verb: "exec",
    summary: "run a command on a host",
    synopsis: ["exec HOST -- COMMAND [ARGUMENT…]"],
    description: [
      "Runs a command as root on a host, over SSH. Its output comes as it is written; its exit code becomes that of rampart. Each word reaches the command as you typed it: for pipes and variables on the host, run a shell there. What comes in by standard input is passed on.",
    ],
    arguments: [hostArgument, { name: "COMMAND", text: "A program on the host, with its arguments." }],
    options: [],
    examples: [
      { term: "rampart exec db1 -- mariadb -e 'SHOW REPLICA HOSTS'", text: "Ask the database." },
      { term: "rampart exec web1 -- sh -c 'ss -tn | wc -l'", text: "A pipe on the host." },
      { term: "rampart exec lb1 -- poweroff", text: "Switch a balancer off. rampart lab start lb1 brings it back." },
    ],
    exits: remoteExits,
    files: [],
    related: ["ssh", "logs"],
  },
  {
    verb: "ssh",
    summary: "open a shell on a host",
    synopsis: ["ssh HOST [COMMAND…]"],
    description: [
      "Opens a shell as root on a host, with a terminal of its own. Nothing that you change by hand is lost from sight: the next rampart plan shows what is not as the site file says.",
    ],
    arguments: [hostArgument, { name: "COMMAND", text: "Instead of a shell: a program that needs a terminal." }],
    options: [],
    examples: [
      { term: "rampart ssh web1", text: "A shell." },
      { term: "rampart ssh db1 mariadb", text: "MariaDB's own prompt." },
    ],
    exits: remoteExits,
    files: [],
    related: ["exec", "logs"],
  },
  {
    verb: "logs",
    summary: "show what a host said, or search the logs of all hosts",
    synopsis: ["logs [OPTION…] [HOST] [UNIT]", "logs --all [OPTION…] [UNIT]"],
    description: [
      "Shows the newest lines of a host's journal, oldest first; with UNIT only those of that unit. The host itself is asked; when its power is off, the monitor is, which has what it said until then. The units that the site brings are listed by rampart explain HOST.",
      "With --all the monitor is asked for the lines of all hosts. They come to it within a second or two, by mutual TLS, and stay up to 4 GiB of them. A line is told by the certificate with which it was sent, and not by what it says of itself.",
      "Times are UTC. What a terminal would act on is written out: \\x1b for an escape character.",
    ],
    arguments: [
      { ...hostArgument, text: "Whose lines; not together with --all." },
      { name: "UNIT", text: "A systemd unit: nginx, haproxy, mariadb, app-shop." },
    ],
    options: [
      { flags: "-a, --all", text: "The lines of all hosts, as the monitor has them." },
      { flags: "-g, --grep TEXT", text: "Only lines that hold this text, in capitals or not." },
      {
        flags: "--since TIME",
        text: 'From then on: 30m, 2h, 7d (ago), 2026-11-21, "2026-11-21 10:00" or 2026-11-21T10:00:00+02:00.',
      },
      { flags: "--until TIME", text: "Up to then, in the same forms." },
      { flags: "-f, --follow", text: "Go on showing lines as they come, until Ctrl-C." },
      { flags: "-n, --lines COUNT", text: "So many of the newest lines; 100 without it." },
      { ...json, text: "Every line as JSON, with all fields of the journal and the host as RAMPART_HOST." },
    ],
    examples: [
      { term: "rampart logs shop1 app-shop", text: "What the shop said." },
      {
        term: "rampart logs --all --since 10m --grep timeout",
        text: "Whoever spoke of a timeout in the last ten minutes.",
      },
      { term: "rampart logs --all -f app-shop", text: "What all hosts of the shop say from now on." },
      { term: "rampart logs db1 --until 2026-11-21", text: "The last words of a host that was lost that day." },
    ],
    exits: remoteExits,
    files: [{ term: "/var/log/journal/remote", text: "On the monitor host: the journals of all hosts." }],
    related: ["status", "exec"],
  },
];
