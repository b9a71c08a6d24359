import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { DatabaseCluster, DatabaseStatus } from "../../contract/database.ts";
import { isBehind, type MemberPackages, seriesOf } from "../../model/upgrade.ts";
import { plainStyle } from "../../report/style.ts";
import { packagesText, upgradedText } from "../../report/upgrade.ts";
import { databaseStanding, type Member } from "../database-members.ts";
import { notInGalera } from "../db-galera/refusals.ts";
import { installScript } from "./install.ts";
import { lookScript, memberIn, policyIn } from "./look.ts";
import { nextStep } from "./order.ts";
import { packageProblems, unwellProblems } from "./refusals.ts";

const old = "1:11.8.6-0+deb13u1";
const fresh = "1:11.8.9+ds-0+deb13u1";

const policy = `mariadb-server:
  Installed: ${old}
  Candidate: ${fresh}
  Version table:
     ${fresh} 500
        500 http://security.example trixie-security/main amd64 Packages
 *** ${old} 100
        100 /var/lib/dpkg/status
libmariadb3:
  Installed: ${old}
  Candidate: ${fresh}
  Version table:
mariadb-backup:
  Installed: (none)
  Candidate: ${fresh}
`;

const output = `== lists
fetched
== states
libmariadb3 installed
mariadb-server half-configured
== policy
${policy}== steps
Inst mariadb-server [${old}] (${fresh} Debian-Security:13/stable-security [amd64]) []
Inst libmariadb3 [${old}] (${fresh} Debian-Security:13/stable-security [amd64])
Inst libnew (1.0-1 Debian:13.2/stable [amd64])
== server
/usr/sbin/mariadbd (deleted)
11.8.6-MariaDB-0+deb13u1 from Debian
== others
== end
`;

test("apt-cache's words: installed and candidate of each package, (none) is none", () => {
  expect(policyIn(policy.split("\n"))).toEqual([
    { name: "mariadb-server", installed: old, candidate: fresh },
    { name: "libmariadb3", installed: old, candidate: fresh },
    { name: "mariadb-backup", installed: "", candidate: fresh },
  ]);
});

test("what apt would do, what dpkg has not finished, and a server that runs a replaced file", () => {
  expect(memberIn("db1", output)).toMatchObject({
    pending: [
      { name: "mariadb-server", from: old, to: fresh },
      { name: "libmariadb3", from: old, to: fresh },
      { name: "libnew", from: "", to: "1.0-1" },
    ],
    ...{ removed: [], unfinished: ["mariadb-server"], against: "", busy: "", lists: "fetched" },
    ...{ running: "11.8.6-MariaDB-0+deb13u1 from Debian", outdated: true },
  });
  expect(memberIn("db1", output.replace("== end\n", ""))).toBeUndefined();
  const refused = memberIn(
    "db1",
    output
      .replace("fetched", "old\nE: Could not resolve 'deb.example'")
      .replace(/Inst libnew.*/, "Remv galera-4 [26.4.20-1]\nE: Held packages were changed and -y was used.")
      .replace("== others\n", "== others\n4711 mariadb-backup --backup --stream=mbstream\n")
      .replace(/\/usr.*\n11.*\n/, ""),
  );
  expect(refused).toMatchObject({
    ...{ removed: ["galera-4"], against: "Held packages were changed and -y was used.", running: null },
    ...{ outdated: false, busy: "mariadb-backup --backup --stream=mbstream", lists: "old" },
    listsTrouble: "Could not resolve 'deb.example'",
  });
});

test("a series is the first two numbers", () => {
  expect([fresh, "11.8.3", "1:12.3~rc1-1", "none"].map(seriesOf)).toEqual(["11.8", "11.8", "12.3", ""]);
});

test("replicas go first, one that is done is left alone, and the primary hands over when it is the last", () => {
  const hosts = ["db1", "db2", "db3"];
  const next = (behind: readonly string[], primary: string | null) => nextStep(hosts, new Set(behind), primary);
  expect(next(hosts, "db1")).toEqual({ kind: "member", host: "db2" });
  expect(next(hosts, "db2")).toEqual({ kind: "member", host: "db1" });
  expect(next(["db1", "db3"], "db1")).toEqual({ kind: "member", host: "db3" });
  expect(next(["db1"], "db1")).toEqual({ kind: "switchover" });
  expect(next(["db1"], "db3")).toEqual({ kind: "member", host: "db1" });
  expect(next([], "db3")).toEqual({ kind: "done" });
});

const member = (host: string, more: Partial<MemberPackages> = {}): MemberPackages => ({
  host,
  packages: [{ name: "mariadb-server", installed: old, candidate: fresh }],
  pending: [{ name: "mariadb-server", from: old, to: fresh }],
  ...{ removed: [], unfinished: [], against: "", running: "11.8.6-MariaDB", outdated: false, busy: "" },
  ...{ lists: "fetched", listsTrouble: "" },
  ...more,
});
const upToDate = (host: string, more: Partial<MemberPackages> = {}) =>
  member(host, { packages: [{ name: "mariadb-server", installed: fresh, candidate: fresh }], pending: [], ...more });
const looks = (...all: readonly MemberPackages[]) => all.map((one) => ({ host: one.host, member: one }));
const told = (problems: readonly { path: string; reason: string }[]) =>
  problems.map((one) => `${one.path}: ${one.reason}`);

test("a member is behind by packages, by work that was cut off, and by an old program that still runs", () => {
  expect([member("db1"), upToDate("db1")].map(isBehind)).toEqual([true, false]);
  expect(isBehind(upToDate("db1", { unfinished: ["mariadb-server"] }))).toBe(true);
  expect(isBehind(upToDate("db1", { outdated: true }))).toBe(true);
});

test("packages: all that is against it at once, on every member", () => {
  expect(packageProblems(looks(member("db1"), upToDate("db2"), member("db3")))).toEqual([]);
  const major = "1:12.3.1-1";
  const problems = packageProblems([
    ...looks(
      member("db1", {
        packages: [{ name: "mariadb-server", installed: old, candidate: major }],
        pending: [{ name: "mariadb-server", from: old, to: major }],
        ...{ removed: ["galera-4"], against: "Held packages.", busy: "mariadb-backup --backup" },
      }),
      member("db2"),
    ),
    { host: "db3", member: undefined, why: "it is off" },
  ]);
  expect(told(problems)).toEqual([
    "db3: its packages are not known: it is off.",
    `db1: mariadb-server would go from ${old} to ${major}: from the series 11.8 to 12.3, which changes tables and cannot be taken back.`,
    "db1: apt would remove galera-4 for it.",
    "db1: apt refuses: Held packages.",
    "db1: a backup or a restored instance is at work there: mariadb-backup --backup",
    `db1: would have ${major}, and others another one.`,
    `db2: would have ${fresh}, and others another one.`,
  ]);
  for (const one of problems) expect(one.remedy).toMatch(/rampart /);
});

test("what an upgrade needs besides may be of any version", () => {
  const library = { name: "libpcre2-8-0", from: "10.42-1", to: "10.46-1" };
  expect(packageProblems(looks(member("db1", { pending: [...member("db1").pending, library] })))).toEqual([]);
});

const cluster: DatabaseCluster = {
  ...{ term: 7, primary: "db1", leader: "db1", voters: ["db2", "db3"], admitting: null, paused: false, strict: true },
  history: [],
};
const replica = (host: string, more: Partial<DatabaseStatus> = {}): Member => ({
  host,
  status: {
    ...{ host, standing: "replica", readOnly: true, semiSync: true, clients: 0, unacknowledged: 0, voter: true },
    ...{ lagSeconds: 0, ioRunning: "Yes", sqlRunning: "Yes", error: "", gtid: "0-1-110", received: "0-1-110" },
    ...{ broken: null, doing: "wait", reason: "It follows db1.", agent: { up: true } },
    ...{ store: { reachable: true, leader: "db2" }, cluster, promise: { holds: false, reason: "db1 knows" } },
    ...more,
  },
});
const primary = (more: Partial<DatabaseStatus> = {}): Member =>
  replica("db1", {
    ...{ standing: "primary", voter: false, readOnly: false, ioRunning: null, sqlRunning: null, clients: 2 },
    ...{ promise: { holds: true, reason: "2 voters" } },
    ...more,
  });
const unwell = (members: readonly Member[], except: readonly string[] = []) =>
  told(unwellProblems({ members, database: databaseStanding("no-loss", members) }, except));

test("a database that is well has nothing against it", () => {
  expect(unwell([primary(), replica("db2"), replica("db3")])).toEqual([]);
});

test("paused, broken promise, silent, behind, no acknowledgement: each is told", () => {
  const cause = { cluster: { ...cluster, paused: true }, promise: { holds: false, reason: "No voter acknowledges." } };
  expect(unwell([primary(cause), replica("db2", { lagSeconds: 40 }), { host: "db3", silence: "it is off" }])).toEqual([
    "database: the agents are paused: they only look.",
    "database: the promise does not hold now: No voter acknowledges.",
    "db2: is 40 s behind.",
    "db3: does not answer: it is off.",
  ]);
  expect(unwell([primary(), replica("db2", { semiSync: false }), replica("db3", { broken: "it has more" })])).toEqual([
    "db2: may acknowledge writes and does not.",
    "db3: must be built anew: it has more.",
  ]);
  expect(unwell([primary(), replica("db2", { ioRunning: "Connecting" }), replica("db3")])[0]).toContain("not follow");
});

test("a member that has left the voters for a while is waited for; nobody who leads is none", () => {
  const fewer = { ...cluster, voters: ["db2"] };
  const members = [primary({ cluster: fewer }), replica("db2", { cluster: fewer }), replica("db3", { cluster: fewer })];
  expect(unwell(members)).toEqual(["database: db2 may acknowledge, and it takes 2."]);
  expect(unwell([replica("db1"), replica("db2"), replica("db3")])[0]).toContain("the promise does not hold now");
});

test("a voter that still follows the primary before acknowledges nothing to this one, and is waited for", () => {
  expect(unwell([primary({ clients: 1 }), replica("db2"), replica("db3")])).toEqual([
    "database: 1 of db2 and db3 acknowledge now, and it takes 2.",
  ]);
});

test("one whose packages were left half-done need not run to be finished", () => {
  const fewer = { ...cluster, voters: ["db2"] };
  const members = [
    primary({ cluster: fewer, clients: 1 }),
    replica("db2", { cluster: fewer }),
    replica("db3", { error: "gone" }),
  ];
  expect(unwell(members, ["db3"])).toEqual([]);
});

test("the scripts are the shell's, name exact versions, and give the host back to its agent", () => {
  const install = installScript(member("db2").pending);
  expect(install).toContain(`mariadb-server=${fresh}`);
  expect(install).toContain("ExecStopPost=/usr/bin/systemctl --no-block start rampart-agent.service");
  const [, inner = ""] = /<<'PROGRAM'\n([\s\S]*)PROGRAM\n/.exec(install) ?? [];
  for (const script of [install, inner, lookScript(true), lookScript(false)])
    execFileSync("sh", ["-n"], { input: script });
  // dpkg works only between the two.
  const order = ["--download-only", "stop rampart-agent", "stop mariadb", "apt 60 install"].map((one) =>
    inner.indexOf(one),
  );
  expect(order).toEqual(order.toSorted((one, other) => one - other));
});

test("tables fit into 80 columns, and what could not be fetched is not called up to date for sure", () => {
  const lines = packagesText([member("db1"), upToDate("db2", { lists: "none", listsTrouble: "no name" })], plainStyle);
  expect(lines).toMatchInlineSnapshot(`
    "  host  installed              newest                 runs
      db1   1:11.8.6-0+deb13u1     1:11.8.9+ds-0+deb13u1  11.8.6  1 package
      db2   1:11.8.9+ds-0+deb13u1  1:11.8.9+ds-0+deb13u1  11.8.6  up to date

    db2 has no package lists, since newer ones could not all be fetched (no name).
    There may be newer packages than these.

    1 member to upgrade: rampart db upgrade"
  `);
  expect(packagesText([upToDate("db1")], plainStyle)).toContain("There is nothing to do");
  const change = { term: 8, primary: "db2", kind: "switchover", position: "", reason: "", at: null, gapSeconds: 0.31 };
  const done = upgradedText([{ host: "db2", from: old, to: fresh, seconds: 21 }], [change], plainStyle);
  expect(done).toContain("db2 is primary, in term 8. Writes waited 0.31 s.");
  for (const line of [...lines.split("\n"), ...done.split("\n")]) expect(line.length).toBeLessThanOrEqual(80);
});

test("mode galera refuses it with the reason", () => {
  expect(notInGalera.upgrade?.reason).toContain("agents");
});
