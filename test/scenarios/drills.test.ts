import { describe, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { databaseStatus, members } from "./support/database.ts";
import { fullDisk, wrongClock } from "./support/disk-and-clock.ts";
import { type Drill, drillWithinReach } from "./support/drill.ts";
import { drillInTheShop, killed, lab, others, signal, withoutMajority, withoutPower } from "./support/drills.ts";
import { siteStatus } from "./support/lab.ts";
import { onHost } from "./support/rampart.ts";

// Every fault of the database that we could think of, under writers and readers. RAMPART_DRILLS=n runs each n times.

const runs = Number(process.env.RAMPART_DRILLS ?? 1);

drillInTheShop();

/** Drops packets by rules of a table of their own; what it resolves to takes the table away. */
async function deaf(
  host: string,
  coming: readonly string[],
  going: readonly string[] = [],
): Promise<() => Promise<void>> {
  const chain = (hook: string, rules: readonly string[]) =>
    `chain ${hook} { type filter hook ${hook} priority -300; ${rules.map((rule) => `${rule};`).join(" ")} }`;
  const text = `table inet drill {\n${chain("input", coming)}\n${chain("output", going)}\n}`;
  await onHost(host, `nft -f - <<'RULES'\n${text}\nRULES`);
  return async () => void (await onHost(host, "nft delete table inet drill"));
}

async function addressOf(host: string): Promise<string> {
  return (await siteStatus()).hosts.find((one) => one.name === host)?.address ?? "";
}

/** Makes the member on this host etcd's leader: the worst place for it, where the agents never leave it for long. */
async function giveEtcdTo(host: string): Promise<void> {
  const { leader } = (await databaseStatus(host)).store;
  if (leader === host || leader === null) return;
  const tls = "--cacert /etc/rampart/ca.crt --cert /etc/etcd/tls/store.crt --key /etc/etcd/tls/store.key";
  const post = async (path: string, body: object) =>
    await onHost(leader, `curl -sS ${tls} -d '${JSON.stringify(body)}' https://$(hostname -f):2379/v3/${path}`);
  const { members: list } = JSON.parse(await post("cluster/member/list", {})) as {
    members: { name: string; ID: string }[];
  };
  await post("maintenance/transfer-leadership", { targetID: list.find(({ name }) => name === host)?.ID });
}

const drills: readonly Drill[] = [
  killed,
  withoutPower,
  {
    name: "host frozen",
    harm: async (lead) => {
      await lab("freeze", [lead]);
      return async () => await lab("thaw", [lead]);
    },
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "mariadbd frozen",
    harm: async (lead) => {
      await signal(lead, "mariadb.service", "STOP");
      return async () => await signal(lead, "mariadb.service", "CONT");
    },
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "agent killed",
    harm: async (lead) => void (await signal(lead, "rampart-agent.service", "KILL")),
    ...{ lasts: 8, gap: 8, whole: 60 },
  },
  {
    name: "agent frozen",
    harm: async (lead) => {
      await signal(lead, "rampart-agent.service", "STOP");
      return async () => await signal(lead, "rampart-agent.service", "CONT");
    },
    ...{ lasts: 15, gap: 8, whole: 90 },
  },
  {
    name: "host without network",
    harm: async (lead) => {
      await lab("unplug", [lead]);
      return async () => await lab("plug", [lead]);
    },
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "cut off etcd alone",
    harm: async (lead) =>
      await deaf(
        lead,
        ["tcp dport { 2379, 2380 } drop", "tcp sport { 2379, 2380 } drop"],
        ["oifname != lo tcp dport { 2379, 2380 } drop"],
      ),
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "cut off the replicas alone",
    harm: async (lead) => {
      const addresses = (await Promise.all(others(lead).map(addressOf))).join(", ");
      return await deaf(lead, [`ip saddr { ${addresses} } tcp dport 3306 drop`]);
    },
    ...{ lasts: 20, gap: 20, whole: 90 },
  },
  {
    name: "hears nothing, but speaks",
    harm: async (lead) => await deaf(lead, ["iifname != lo tcp dport != 22 tcp sport != 22 drop"]),
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  withoutMajority,
  {
    name: "a voter restarted, then the primary killed",
    harm: async (lead) => {
      await signal(others(lead)[0] ?? "", "mariadb.service", "KILL");
      await sleep(2000 * Math.random());
      await signal(lead, "mariadb.service", "KILL");
      return undefined;
    },
    ...{ lasts: 15, gap: undefined, whole: 90 },
  },
  {
    name: "etcd leader on the host without power",
    harm: async (lead) => {
      await giveEtcdTo(lead);
      await lab("cut", [lead]);
      return async () => await lab("start", [lead]);
    },
    ...{ lasts: 15, gap: 10, whole: 90 },
  },
  {
    name: "etcd killed on two hosts",
    harm: async (lead) => {
      for (const host of others(lead)) await onHost(host, "systemctl stop etcd.service");
      return async () => {
        for (const host of others(lead)) await onHost(host, "systemctl start etcd.service");
      };
    },
    ...{ lasts: 12, gap: 8, whole: 60 },
  },
  {
    name: "disk full",
    harm: fullDisk,
    ...{ lasts: 12, gap: undefined, whole: 90 },
  },
  {
    name: "clock ten minutes ahead",
    harm: async (lead) => await wrongClock(lead, 600),
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "clock ten minutes behind",
    harm: async (lead) => await wrongClock(lead, -600),
    ...{ lasts: 12, gap: 8, whole: 90 },
  },
  {
    name: "link flaps",
    harm: async (lead) => {
      for (let time = 0; time < 6; time += 1) {
        await lab("unplug", [lead]);
        await sleep(700);
        await lab("plug", [lead]);
        await sleep(700);
      }
      return undefined;
    },
    ...{ lasts: 10, gap: undefined, whole: 90 },
  },
  {
    name: "all hosts without power",
    harm: async () => {
      await lab("cut", members);
      return async () => await lab("start", members);
    },
    ...{ lasts: 3, gap: undefined, whole: 120 },
  },
  {
    name: "every host rebooted in turn",
    harm: async () => {
      for (const member of members) {
        await onHost(member, "systemd-run --quiet --on-active=1 systemctl reboot");
        await sleep(20_000);
      }
      return undefined;
    },
    ...{ lasts: 10, gap: undefined, whole: 90 },
  },
];

describe.each(Array.from({ length: runs }, (_, run) => run + 1))("round %i", () => {
  test.each(drills)("$name: no acknowledged write is lost", async (drill) => {
    await drillWithinReach(drill);
  });
});
