import { restoredInstance, restoredNames } from "../../contract/backup.ts";
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
      "db upgrade [--check] [--json]",
      "db bootstrap [--without HOST[,HOST…]] [--yes] [--json]",
      "db backup [--on HOST] [--json]",
      "db backups [--json]",
      "db restore --to TIME [--on HOST] [--swap [--yes]] [--json]",
      "db restore --swap [--yes] | --drill | --drop [--on HOST] [--json]",
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
      "upgrade brings MariaDB's Debian packages to the newest of their series on all members while the site serves: replicas one after another, then one switchover, then the old primary. Package lists are fetched first. Each member's agent and MariaDB are stopped, its packages installed, and the next one's turn comes when it follows and acknowledges again. It is refused, with every reason and before anything changes, unless all members are well and the promise holds, while the agents are paused or an apply is at work, and where packages would go to another series, be removed, or differ between members. When a member does not come back it stops there and says what is still to do; run again it goes on from there. --check shows what there is to do, and what is against it, and changes nothing but the package lists. The JSON holds upgraded[] (host, from, to, seconds) and changes[]; with --check, or with nothing to do, members[] and problems[].",
      "In mode galera the members find each other by themselves: history, switchover, failover, pause, resume, upgrade and backups do not exist there, and are refused with the reason. status shows how each member stands, how many votes are in its part of the cluster, its position, how much of the time writes were held up for a slow member, and what this mode does not promise. rebuild has the member filled by a copy of another one.",
      "bootstrap begins a Galera cluster anew that was lost as a whole, as after a power cut after which not all members came back. All members are stopped and asked how far their data go; the data of the one that has most are copied aside on its host; it begins, and the others join it. It is refused while the cluster runs, when members belong to different histories, and when a member cannot be asked, unless it is named by --without: what only that one has is then lost, and it is filled by a copy when it comes back.",
      "backup makes a physical backup now, beside the nightly one. backups shows what the store holds, and from when to when any second can be restored: binary logs go there every 30 seconds.",
      `restore --to makes an instance with the database as it was at the beginning of that second (UTC), on a replica, beside the live one and without network: ${restoredInstance(restoredNames.side).folder} on that host. It is refused unless it can be proved, row by row, by a table into which a row is written every 5 seconds; then every table is compared with the live one. With --swap, or by restore --swap later, its tables take the place of the live ones after a question, all at once, through the primary; what was live is kept in databases called before_<time>_<name>. --drop removes the instance. --drill restores a recent second into an instance that is removed again, and records whether it was proved; the site does so by itself as often as database.backup.drill says.`,
      "shell opens a MariaDB client on the primary, with --read on a replica, through a host of the service, with the service's account and rights. It may not change what the agents rely on. Ctrl-C does not end a statement there, since that can make a write look acknowledged that is not: leave with \\q, or from another shell. Without a terminal it reads statements from standard input.",
    ],
    arguments: [
      {
        name: "DEED",
        text: "One of those above; status without it.",
        completes: [
          ...["status", "history", "switchover", "failover", "pause", "resume", "rebuild", "upgrade", "bootstrap"],
          ...["backup", "backups", "restore", "shell"],
        ],
      },
      { name: "HOST, GONE", text: "Database hosts by name: db1.", completes: "hosts" },
      { name: "SERVICE", text: "A service with database: true; needed when there are several." },
    ],
    options: [
      {
        flags: "--to WHERE",
        text: "With switchover: the host that takes over. With restore: the second, in UTC, such as 2026-11-20T14:03:22Z or, for the last time it was that late, 14:03:22.",
      },
      {
        flags: "--without HOST",
        text: "With bootstrap: a member that is gone for good; several with commas between them.",
      },
      { flags: "--check", text: "With upgrade: shows installed, newest and running versions, and installs nothing." },
      { flags: "--on HOST", text: "With backup and restore: the database host that does it; otherwise a replica." },
      { flags: "--swap", text: "With restore: what was restored takes the place of what is live." },
      { flags: "--drill", text: "With restore: proves that a recent second can be restored." },
      { flags: "--drop", text: "With restore: removes the restored instance." },
      { flags: "--yes", text: "Asks nothing. With failover every host that is gone must be named." },
      { flags: "--read", text: "With shell: reads from a replica, which may be a little behind." },
      json,
    ],
    examples: [
      { term: "rampart db", text: "How the database stands, and whether the promise holds." },
      { term: "rampart db switchover --to db2", text: "Before db1 is rebooted." },
      { term: "rampart db failover db1 db3", text: "db1 was primary, db3 a voter, and both have burnt." },
      { term: "rampart db upgrade --check", text: "Whether there is a newer MariaDB, and what would be against it." },
      {
        term: "rampart db restore --to 14:03:22",
        text: "The database as it was just before that second, beside the live one.",
      },
      { term: "rampart db restore --swap", text: "That one in the place of the live one." },
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
    related: ["status", "lab", "logs", "secrets"],
  },
];
