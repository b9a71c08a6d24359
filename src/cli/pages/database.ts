import type { Page } from "../../report/page.ts";
import { done, json, usage } from "./common.ts";

/** The database, and what an operator may ask of its agents. */
export const databasePages: readonly Page[] = [
  {
    verb: "db",
    summary: "show the database, move its primary, mend its members, look inside",
    synopsis: [
      "db [status] [--json]",
      "db history [--json]",
      "db switchover [--to HOST] [--json]",
      "db failover [GONE…] [--yes] [--json]",
      "db pause",
      "db resume",
      "db rebuild HOST [--yes] [--json]",
      "db shell [--read] [SERVICE]",
    ],
    description: [
      "On every database host an agent looks after its MariaDB. They elect a new primary when it is lost, and need nobody for it; db shows what they see and asks them for the rest.",
      "status shows each member, its standing, the term that it knows of, whether it is a voter (may acknowledge writes), its position, how far it is behind and what its agent does; then whether no-loss holds now and if not why; then the last change of primary. The JSON holds primary, promise, noLoss, reason, term, paused, voters[], members[] and changes[]; unknown values are null.",
      "history lists the changes of primary, newest first: when, why, how long nobody could write, and from which position.",
      "switchover hands over to another member, as before maintenance: the primary stops taking writes, the other catches up, takes over, and nothing is lost; writes wait for a fraction of a second. When that takes longer than 2 s it is called off, and the old primary goes on. Without --to the agents choose the voter that is nearest. A member that is unknown, no voter, behind, broken or silent is refused, and nothing is changed.",
      "failover is for when nobody takes over by itself: a new primary needs the word of every voter, since each may be the only one that has the last acknowledged writes. GONE are voters that will not come back, by name; their word is then not waited for, and what only they had is lost. It asks what a careful operator would ask, and goes on when the name of the lost primary is typed.",
      "pause makes the agents only look: for work on MariaDB or etcd by hand. Nobody takes over when the primary is lost, until resume.",
      "rebuild removes all data of a member and copies them anew from another one. Its binary logs are kept in /var/lib/rampart/database.",
      "shell opens a MariaDB client on the primary, with --read on a replica, through a host of the service, with the service's account and rights. It may not change what the agents rely on. Ctrl-C does not end a statement there, since that can make a write look acknowledged that is not: leave with \\q, or from another shell. Without a terminal it reads statements from standard input.",
    ],
    arguments: [
      {
        name: "DEED",
        text: "One of those above; status without it.",
        completes: ["status", "history", "switchover", "failover", "pause", "resume", "rebuild", "shell"],
      },
      { name: "HOST, GONE", text: "Database hosts by name: db1.", completes: "hosts" },
      { name: "SERVICE", text: "A service with database: true; needed when there are several." },
    ],
    options: [
      { flags: "--to HOST", text: "With switchover: who takes over." },
      { flags: "--yes", text: "Asks nothing. With failover every host that is gone must be named." },
      { flags: "--read", text: "With shell: reads from a replica, which may be a little behind." },
      json,
    ],
    examples: [
      { term: "rampart db", text: "How the database stands, and whether the promise holds." },
      { term: "rampart db switchover --to db2", text: "Before db1 is rebooted." },
      { term: "rampart db failover db1 db3", text: "db1 was primary, db3 a voter, and both have burnt." },
      { term: "echo 'SELECT COUNT(*) FROM orders' | rampart db shell --read shop", text: "A question to a replica." },
    ],
    exits: [
      ...[done, { term: "1", text: "It was refused or failed; or, with status, the promise does not hold now." }],
      usage,
    ],
    files: [
      { term: "/run/rampart-agent/agent.sock", text: "On a database host: the agent answers here, to root." },
      {
        term: "/var/lib/rampart/database",
        text: "On a database host: what its agent has promised, and kept evidence.",
      },
    ],
    related: ["status", "lab", "logs"],
  },
];
