import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import type { DatabaseCluster, DatabaseStatus } from "../../contract/database.ts";
import { databaseStanding, type Member, statusOf } from "../database-members.ts";
import { replyOf } from "./agent.ts";
import { failoverQuestions } from "./failover.ts";
import { failoverProblems, rebuildProblems, silentVoters, switchoverProblems } from "./refusals.ts";
import { clientScript } from "./shell.ts";

const cluster: DatabaseCluster = {
  ...{ term: 7, primary: "db1", leader: "db1", voters: ["db2", "db3"], admitting: null, paused: false, strict: true },
  history: [
    {
      ...{ term: 7, primary: "db1", kind: "failover", position: "0-2-100", at: null, gapSeconds: null },
      reason: "db2 was lost.",
    },
  ],
};

const replica = (host: string, more: Partial<DatabaseStatus> = {}): DatabaseStatus => ({
  ...{ host, standing: "replica", readOnly: true, semiSync: true, clients: 0, unacknowledged: 0, voter: true },
  ...{ lagSeconds: 0, ioRunning: "Yes", sqlRunning: "Yes", error: "", gtid: "0-1-110", received: "0-1-110" },
  ...{ broken: null, doing: "wait", reason: "It follows db1.", agent: { up: true } },
  ...{ store: { reachable: true, leader: "db2" }, cluster, promise: { holds: false, reason: "db1 knows" } },
  ...more,
});
const primary = (host: string, more: Partial<DatabaseStatus> = {}): DatabaseStatus =>
  replica(host, {
    ...{ standing: "primary", voter: false, readOnly: false, promise: { holds: true, reason: "2 voters" } },
    ...more,
  });
const said = (...all: readonly DatabaseStatus[]): readonly Member[] =>
  all.map((status) => ({ host: status.host, status }));
const seen = (members: readonly Member[]) => databaseStanding("no-loss", members);
const told = (problems: readonly { path: string; reason: string }[]) =>
  problems.map((one) => `${one.path}: ${one.reason}`);

test("the primary's word counts for the promise, the latest term for the cluster", () => {
  const members = said(
    primary("db1"),
    replica("db2", { cluster: { ...cluster, term: 6, voters: [] } }),
    replica("db3"),
  );
  expect(seen(members)).toMatchObject({ primary: "db1", noLoss: true, term: 7, voters: ["db2", "db3"] });
});

test("what is not known does not hold", () => {
  const silent: Member = { host: "db1", silence: "it is off" };
  expect(seen([silent, ...said(replica("db2"))])).toMatchObject({ primary: null, noLoss: false });
  expect(seen(said(primary("db1"), primary("db2"))).reason).toBe("db1 and db2 both say that they are the primary.");
  const deaf = seen(
    said(
      primary("db1", {
        ...{ agent: { up: false }, cluster: null, readOnly: null },
        error: "the agent does not answer",
      }),
      replica("db2"),
    ),
  );
  expect(deaf).toMatchObject({ noLoss: false, primary: null, reason: "No primary is seen; db1 did not answer." });
  expect(deaf.members[0]?.detail).toBe("the agent does not answer");
  expect(statusOf("bash: no such file")).toBeUndefined();
});

test("a switchover is refused before anything changes, with every reason", () => {
  const members = said(primary("db1"), replica("db2", { lagSeconds: 40 }), replica("db3"));
  const database = seen(members);
  expect(told(switchoverProblems(database, "db3"))).toEqual([]);
  expect(told(switchoverProblems(database, undefined))).toEqual([]);
  expect(switchoverProblems(database, "db33")[0]?.remedy).toBe('Did you mean "db3"? The members are db1, db2, db3.');
  expect(told(switchoverProblems(database, "db2"))[0]).toContain("db2: it is 40 s behind");
  const fewer = seen(
    said(
      primary("db1", { cluster: { ...cluster, voters: ["db2"], paused: true } }),
      ...members
        .slice(1)
        .flatMap((one) => one.status ?? [])
        .map((one) => ({ ...one, cluster: null })),
    ),
  );
  expect(told(switchoverProblems(fewer, "db3"))).toEqual([
    "database: the agents are paused: they only look.",
    "db3: it is no voter, so it need not have every acknowledged write; voters are db2.",
  ]);
  expect(switchoverProblems(fewer, "db3")[1]?.remedy).toBe("Name a voter: db2");
  const broken = seen(
    said(primary("db1"), replica("db2", { broken: "it has more" }), replica("db3", { lagSeconds: null })),
  );
  expect(switchoverProblems(broken, "db2")[0]?.remedy).toBe("Seed it from another member: rampart db rebuild db2");
  expect(told(switchoverProblems(broken, undefined))).toEqual([
    "database: no member can take over: db2: it must be built anew: it has more; db3: it does not follow the primary now.",
  ]);
});

test("a failover by hand gives up nobody who answers, and nobody unnamed", () => {
  const lost = { ...cluster, leader: null };
  const members: readonly Member[] = [
    { host: "db1", silence: "it is off" },
    ...said(replica("db2", { cluster: lost, gtid: "0-1-108" })),
    { host: "db3", silence: "no answer within 8 s" },
  ];
  const database = seen(members);
  expect(silentVoters(database, members)).toEqual(["db3"]);
  expect(told(failoverProblems(database, ["db1", "db3"], members))).toEqual([]);
  expect(told(failoverProblems(database, ["db2", "db3"], members))).toEqual([
    "db2: answers: what it holds is counted, so it cannot be called gone.",
    "database: no voter would be left to take over.",
  ]);
  const working = said(primary("db1"), replica("db2"), replica("db3"));
  expect(told(failoverProblems(seen(working), ["db2"], working))[0]).toContain("db1: answers as primary");
  expect(failoverQuestions({ database, members }, ["db3"])).toMatchInlineSnapshot(`
    "1.  Is db1, the primary until now, really gone? From here: it is off. If it
        comes back within minutes, wait for it: nothing is lost then.

    2.  Do you vouch that db3 is gone, too? It may be the only one beside db1 that
        has the last acknowledged writes. A host that still runs behind a broken
        network can go on acknowledging them: switch it off first.

    3.  What may be lost: every write that was acknowledged after db2 (0-1-108)
        last heard of it. It is lost for good when the others come back: they are
        then built anew, their binary logs kept as evidence."
  `);
});

test("the primary is not rebuilt, nor anybody without a source", () => {
  const members = said(primary("db1"), replica("db2", { broken: "it has more" }), replica("db3"));
  expect(told(rebuildProblems(seen(members), "db2", members))).toEqual([]);
  expect(told(rebuildProblems(seen(members), "db1", members))[0]).toContain("db1: is the primary");
  expect(told(rebuildProblems(seen(members), "web1", members))).toEqual(["web1: is no database host of this site."]);
});

test("an agent's answer with curl's status behind it", () => {
  expect(replyOf('{"id":"7"}\n200')).toEqual({ status: 200, body: { id: "7" } });
  expect(replyOf('{"reason":"db9 is no member"}\n409')).toEqual({ status: 409, body: { reason: "db9 is no member" } });
  expect(replyOf("Not found\n404")).toEqual({ status: undefined, why: "the agent answered: Not found" });
});

test("the shell is the service's account, which no Ctrl-C makes lie, and no password is a word of a command", () => {
  const service = shopSite.app.find((one) => one.database) ?? expect.fail();
  const script = clientScript(service, true);
  expect(script).toContain("--sigint-ignore --skip-reconnect");
  expect(script).toContain('--port="$DATABASE_READ_PORT"');
  expect(script).not.toContain("--password");
});
