import { afterAll, beforeAll, expect, test } from "vitest";
import type { SiteStatus } from "../../src/model/status.ts";
import { startLoad, stopLoad } from "./support/database.ts";
import {
  clusterIsWhole,
  judge,
  lab,
  memberStatus,
  on,
  refused,
  runGaleraDrill,
  site,
  siteIsDown,
  siteIsUp,
  sql,
  standing,
  writeSite,
} from "./support/galera.ts";
import { say } from "./support/lab.ts";
import { rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";

// Mode galera: founded once, written to through one member, and what it survives.

const members = ["db1", "db2", "db3"];
const three = { members, seconds: 10 };

beforeAll(siteIsUp, 1_200_000);
afterAll(siteIsDown);

test("the cluster is founded once, by TLS, and what is written on one member is read on all at once", async () => {
  await clusterIsWhole(60);
  const histories = await Promise.all(members.map(async (host) => (await memberStatus(host)).history));
  expect(new Set(histories).size).toBe(1);
  await sql("db1", "CREATE TABLE IF NOT EXISTS shop.word (id INT PRIMARY KEY, text VARCHAR(40))");
  for (const [index, host] of members.entries()) await sql(host, `REPLACE INTO shop.word VALUES (${index}, '${host}')`);
  for (const host of members)
    expect((await sql(host, "SELECT GROUP_CONCAT(text ORDER BY id) FROM shop.word WHERE id < 3")).trim()).toBe(
      "db1,db2,db3",
    );
  expect(await sql("db1", "CREATE TABLE shop.keyless (text VARCHAR(40))")).toContain("primary key");
  for (const host of members) {
    const options = await sql(host, "SHOW GLOBAL VARIABLES LIKE 'wsrep_provider_options'");
    expect(options).toMatch(/socket\.ssl = YES/);
    expect(await on(host, "ls /etc/etcd 2> /dev/null; systemctl is-active rampart-agent || true")).not.toContain(
      "\nactive",
    );
  }
});

test("status is honest, and verify holds", async () => {
  const status = await rampartJson<SiteStatus>(["status"], site);
  expect(status.database).toMatchObject({ noLoss: false, primary: "db1", galera: { whole: true, size: 3, votes: 3 } });
  expect(status.database?.reason).toContain("does not promise it");
  await rampartDone(["verify"], { ...site, timeoutMs: 600_000 });
});

test("deeds of the other mode, and a bootstrap of a cluster that runs, are refused", async () => {
  for (const deed of ["switchover", "failover", "pause", "resume", "history", "backup", "backups", "restore"])
    expect(await refused(["db", deed])).toContain("mode galera");
  expect(await refused(["db", "bootstrap", "--yes"])).toContain("the cluster runs");
  expect(await refused(["db", "rebuild", "db9", "--yes"])).toContain("no database host");
  await clusterIsWhole(10);
});

test("nobody can begin a second cluster by hand", async () => {
  await on("db2", "galera_new_cluster 2>&1 || true; systemctl start mariadb 2>&1 || true");
  await on("db2", "systemctl stop mariadb; galera_new_cluster 2>&1 || true; true");
  await clusterIsWhole(90);
  expect((await memberStatus("db2")).size).toBe(3);
});

test("mariadbd of the writer killed: writes go on with the next, and nothing is lost", async () => {
  const harm = async () => {
    await on("db1", "systemctl kill --signal=KILL mariadb.service");
    return undefined;
  };
  await runGaleraDrill({ name: "mariadbd killed", ...three, harm, gap: 8 });
});

test("the writer's host without power: nothing is lost", async () => {
  const harm = async () => {
    await lab("cut", ["db1"]);
    return async () => await lab("start", ["db1"]);
  };
  await runGaleraDrill({ name: "host without power", ...three, seconds: 15, harm, gap: 10 });
});

test("the writer cut off from the others refuses everything, and the others go on", async () => {
  const harm = async () => {
    const rules = "tcp dport 4567 drop; tcp sport 4567 drop;";
    await on(
      "db1",
      `nft -f - <<'RULES'
table inet drill {
  chain input { type filter hook input priority -300; ${rules} }
  chain output { type filter hook output priority -300; ${rules} }
}
RULES`,
    );
    return async () => void (await on("db1", "nft delete table inet drill"));
  };
  let alone = "";
  await runGaleraDrill({
    ...{ name: "writer cut off", ...three, seconds: 2, gap: 12 },
    harm: async () => {
      const heal = await harm();
      await eventually(40, async () => expect((await memberStatus("db1")).primary).toBe(false));
      alone = await sql("db1", "REPLACE INTO shop.word VALUES (9, 'alone')");
      expect(await standing()).toMatchObject({ primary: "db2", galera: { size: 2, whole: false } });
      return heal;
    },
  });
  expect(alone).toContain("WSREP has not yet prepared node");
  expect((await sql("db1", "SELECT COUNT(*) FROM shop.word WHERE id = 9")).trim()).toBe("0");
});

test("all hosts without power at once: when all are back the cluster is, and nothing is lost", async () => {
  const harm = async () => {
    await lab("cut", members);
    return async () => await lab("start", members);
  };
  await runGaleraDrill({ name: "all without power", ...three, seconds: 3, harm, gap: undefined });
});

test("all without power and one stays away: nobody begins by itself; bootstrap asks all, and brings every write back", async () => {
  await clusterIsWhole(60);
  await startLoad({}, site);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  await lab("cut", members);
  const load = await stopLoad(site);
  await lab("start", ["db1", "db2"]);
  await new Promise((resolve) => setTimeout(resolve, 45_000));
  expect((await standing()).galera?.size).toBeNull();
  expect(await refused(["db", "bootstrap", "--yes"])).toMatch(/db3 +cannot be asked how far its data go/);
  const begun = await rampartDone(["db", "bootstrap", "--without", "db3", "--yes"], { ...site, timeoutMs: 900_000 });
  say(begun.stdout);
  await judge(load, ["db1", "db2"]);
  expect(
    await on(
      "db1",
      "ls -d /var/lib/rampart/database/before-bootstrap-*; ls -d /var/lib/rampart/database/before-bootstrap-*/shop",
    ),
  ).toContain("shop");
  // What was left out is of another history now: it comes back by a whole copy, whatever it held.
  await lab("start", ["db3"]);
  await clusterIsWhole(180);
  await judge(load, members);
});

test("all stopped in order, one after another: bootstrap finds the one that went last", async () => {
  for (const host of ["db1", "db3", "db2"]) {
    await on(host, "systemctl stop rampart-member mariadb");
    if (host !== "db2") await sql("db2", `REPLACE INTO shop.word VALUES (20, 'after ${host}')`);
  }
  for (const host of members) await on(host, "systemctl start rampart-member");
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  expect((await standing()).galera?.size).toBeNull();
  interface Begun {
    readonly begun: string;
    readonly positions: readonly { readonly host: string; readonly seqno: number }[];
  }
  const words = ["db", "bootstrap", "--yes"];
  const { begun, positions } = await rampartJson<Begun>(words, { ...site, timeoutMs: 900_000 });
  say(JSON.stringify(positions));
  expect(begun).toBe("db2");
  await clusterIsWhole(120);
  for (const host of members)
    expect(await sql(host, "SELECT text FROM shop.word WHERE id = 20")).toContain("after db3");
});

test("a member is built anew by a copy of another", async () => {
  const rebuilt = await rampartJson<{ rebuilt: boolean }>(["db", "rebuild", "db3", "--yes"], {
    ...site,
    timeoutMs: 900_000,
  });
  expect(rebuilt.rebuilt).toBe(true);
  expect(await on("db3", "journalctl -u mariadb --since -5min | grep -c 'SST' || true")).not.toBe("0");
  await clusterIsWhole(30);
});

test("two members and an arbiter: one is lost, and writes go on", async () => {
  writeSite({ hosts: 2, arbiter: "monitor" });
  await rampartDone(["up"], { ...site, timeoutMs: 900_000 });
  await clusterIsWhole(120);
  expect(await standing()).toMatchObject({ galera: { size: 3, votes: 3 } });
  const two = { members: ["db1", "db2"], seconds: 12 };
  const harm = async () => {
    await lab("cut", ["db1"]);
    return async () => await lab("start", ["db1"]);
  };
  await runGaleraDrill({ name: "one of two and an arbiter without power", ...two, harm, gap: 10 });
  const all = async () => {
    await lab("cut", ["db1", "db2", "mon1"]);
    return async () => await lab("start", ["db1", "db2", "mon1"]);
  };
  await runGaleraDrill({ name: "two and an arbiter without power", ...two, seconds: 2, harm: all, gap: undefined });
  // The arbiter alone is lost: both members go on.
  const arbiter = async () => {
    await on("mon1", "systemctl stop garb");
    return async () => void (await on("mon1", "systemctl start garb"));
  };
  await runGaleraDrill({ name: "arbiter stopped", ...two, harm: arbiter, gap: 3 });
  expect((await rampart(["verify"], { ...site, timeoutMs: 600_000 })).exitCode).toBe(0);
});
