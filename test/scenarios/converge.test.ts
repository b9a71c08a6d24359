import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { RampartError } from "../../src/base/problem.ts";
import { labTarget } from "../../src/cli/lab-site.ts";
import { applyPlan } from "../../src/converge/apply.ts";
import { converge as convergeSite, planFrom, planSite } from "../../src/converge/converge.ts";
import { observeSite } from "../../src/converge/observe.ts";
import type { World } from "../../src/converge/world.ts";
import { ensureImage, ensureTools, labCut, labDown, labStart, labUp } from "../../src/lab/lab.ts";
import type { Event } from "../../src/model/event.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { Resource } from "../../src/model/resource.ts";
import type { Role } from "../../src/model/role.ts";
import { secretReference } from "../../src/model/secret.ts";
import type { Topology } from "../../src/model/topology.ts";
import { createAuthority } from "../../src/pki/authority.ts";
import { closeAll } from "../../src/ssh/close.ts";
import { run } from "../../src/ssh/run.ts";
import { labNetworks } from "../../src/topology/topology.ts";
import { shopSite } from "../fixture.ts";

// The converger on one real host, with a role that wants a toy: a service that writes down when it starts and reloads.
const lab = "tunit1";
const host = { name: "toy1", tier: "web", index: 0, inside: "10.77.2.1", fqdn: "toy1.tunit1.internal" } as const;
const site = { ...shopSite, name: lab };
const topology: Topology = {
  ...{ site, networks: labNetworks(site), hosts: [host], services: [], flows: [], releases: {} },
};
const target = labTarget(lab, host);
const quiet = () => {};
const origin = { role: "web", path: "", why: "A test wants it." } as const;
const root = { owner: "root", group: "root" } as const;

const unitFile = `[Service]
Type=notify
NotifyAccess=all
ExecStart=/bin/sh -c 'echo start $(cat /etc/toy.conf) >> /run/toy.log; ! grep -q unstartable /etc/toy.conf || exit 1; systemd-notify --ready; exec sleep infinity'
ExecReload=/bin/sh -c 'echo reload $(cat /etc/toy.conf) >> /run/toy.log'
Restart=always
RestartSec=100ms
[Unit]
StartLimitIntervalSec=0
[Install]
WantedBy=multi-user.target
`;

let wanted: readonly Resource[] = [];
let events: Event[] = [];
let world: World;

const file = (path: string, content: string, mode = "0644", group = "root"): Resource => ({
  ...{ ...origin, kind: "file", file: path, content, mode, owner: "root", group },
});

/** The toy with this configuration; `check` looks at it before. */
function toy(
  content: string,
  check = "! grep -q unreadable /etc/toy.conf || { echo 'toy: line 1: unreadable'; exit 1; }",
) {
  const unit: Resource = {
    ...{ ...origin, kind: "unit", name: "toy.service", state: "running", check },
    ...{ reloadOn: ["file:/etc/toy.hint"], restartOn: ["file:/etc/toy.conf", "file:/etc/systemd/system/toy.service"] },
  };
  return [
    { ...origin, ...root, kind: "directory", directory: "/etc/a toy", mode: "0750" },
    file("/etc/systemd/system/toy.service", unitFile),
    file("/etc/toy.conf", content, "0640", "daemon"),
    file('/etc/a toy/it\'s "odd".conf', `password ${secretReference("toy.password")}\n`, "0600"),
    unit,
  ] as readonly Resource[];
}

/** Each run has a topology of its own, as each command has: what is wanted is made once of each. */
const anew = (of: World): World => ({ ...of, topology: { ...of.topology } });
const converge = (of: World) => convergeSite(anew(of));

const role: Role = {
  ...{ name: "web", summary: "", rollout: { after: [], atOnce: 1 } },
  ...{ services: () => [], flows: () => [], resources: () => wanted, checks: () => [] },
};

beforeAll(async () => {
  await ensureTools(quiet);
  await ensureImage([], quiet);
  await labDown(lab, quiet);
  await labUp(
    { name: lab, hosts: [{ name: host.name, inside: host.inside }], publish: [], names: [], packages: [] },
    quiet,
  );
  const authority = await createAuthority(lab, new Date());
  world = {
    ...{ topology, roles: [role], targetOf: () => target, secretValue: () => "hush-hush", authority, by: "test" },
    trusted: authority.certificatePem,
    publicTrust: "",
    program: () => "",
    ...{ archive: async () => "", visitor: (argv) => argv, caFile: "", interrupted: () => false },
    emit: (event) => events.push(event),
  };
});

afterAll(() => labDown(lab, quiet));
beforeEach(() => {
  events = [];
});

test("a first apply brings everything, a second finds nothing to do", async () => {
  wanted = toy("one");
  const { plan } = await converge(world);
  expect(plan.added).toEqual(["toy1"]);
  expect(JSON.stringify([plan, events])).not.toContain("hush-hush");
  expect(await sh("cat /run/toy.log; stat -c '%a %U %G' /etc/toy.conf /etc/a\\ toy; cat /etc/a\\ toy/*")).toBe(
    "start one\n640 root daemon\n750 root root\npassword hush-hush",
  );
  expect(await sh("systemctl is-enabled toy.service; ls /var/lib/rampart/staging | wc -l")).toBe("enabled\n0");
  expect(await generation()).toMatchObject({ number: 1, by: "test" });
  expect(changesOf((await converge(world)).plan)).toEqual([]);
  expect(await sh("cat /run/toy.log")).toBe("start one");
});

test("a settled unit runs, unless a condition of its own passes it over", async () => {
  const calm = (name: string, condition: string): readonly Resource[] => [
    file(
      `/etc/systemd/system/${name}`,
      `[Unit]\n${condition}[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n`,
    ),
    {
      ...{ ...origin, kind: "unit", name, state: "settled" },
      reloadOn: [],
      restartOn: [`file:/etc/systemd/system/${name}`],
    },
  ];
  wanted = [...toy("one"), ...calm("calm.service", ""), ...calm("still.service", "ConditionPathExists=/nowhere\n")];
  await converge(world);
  expect(await sh("systemctl is-active calm still; systemctl is-enabled calm still")).toBe(
    "active\ninactive\nenabled\nenabled",
  );
  expect(changesOf((await converge(world)).plan)).toEqual([]);
  const off = calm("calm.service", "").map((one) => (one.kind === "unit" ? { ...one, state: "off" as const } : one));
  wanted = [...toy("one"), ...off];
  await converge(world);
  expect(await sh("systemctl is-active calm; systemctl is-enabled calm; systemctl start calm")).toBe(
    "inactive\ndisabled",
  );
  expect(changesOf((await converge(world)).plan)).toEqual(["update unit:calm.service: should be off"]);
  wanted = toy("one");
  await converge(world);
  expect(await sh("systemctl is-active calm; systemctl show -P LoadState calm.service")).toBe("inactive\nnot-found");
});

test("what was changed by hand is put right, with its reason, and only that", async () => {
  await sh("chmod 0666 /etc/toy.conf; rm /etc/a\\ toy/*");
  const { plan } = await converge(world);
  expect(changesOf(plan)).toEqual([
    "update file:/etc/toy.conf: mode is 0666, not 0640",
    'create file:/etc/a toy/it\'s "odd".conf: not there',
    "update unit:toy.service: /etc/toy.conf changes",
  ]);
  expect(await sh("stat -c %a /etc/toy.conf; tail -n 1 /run/toy.log")).toBe("640\nstart one");
});

test("a file that its unit's checker refuses is put back, and nothing is restarted", async () => {
  const before = await sh("cat /run/toy.log");
  wanted = toy("unreadable");
  const error = await converge(world).catch((one: RampartError) => one);
  expect((error as RampartError).problems).toMatchObject([{ path: "toy1:toy.service" }]);
  expect((error as RampartError).problems[0]?.reason).toContain("toy: line 1: unreadable");
  expect(await sh("cat /etc/toy.conf; echo; systemctl is-active toy; stat -c '%a %G' /etc/toy.conf")).toBe(
    "one\nactive\n640 daemon",
  );
  expect(await sh("cat /run/toy.log")).toBe(before);
  wanted = toy("one");
  expect(changesOf((await converge(world)).plan)).toEqual([]);
});

test("a file with which its unit does not start is put back, and the unit runs with the old one", async () => {
  wanted = toy("unstartable");
  const error = await converge(world).catch((one: RampartError) => one);
  expect((error as RampartError).problems).toMatchObject([{ path: "toy1:toy.service" }]);
  expect(await sh("cat /etc/toy.conf; echo; systemctl is-active toy; tail -n 1 /run/toy.log")).toBe(
    "one\nactive\nstart one",
  );
});

test("a reload does not restart", async () => {
  wanted = [...toy("one"), file("/etc/toy.hint", "softly\n")];
  expect(changesOf((await converge(world)).plan)).toEqual([
    "create file:/etc/toy.hint: not there",
    "update unit:toy.service: /etc/toy.hint changes",
  ]);
  expect(await sh("tail -n 1 /run/toy.log")).toBe("reload one");
});

test("a power cut between a file and its restart is healed by the next apply", async () => {
  wanted = toy("two", "touch /run/checking; sleep 30");
  const cut = converge(world).catch((one: RampartError) => one);
  await until("test -e /run/checking");
  await labCut(lab, host.name);
  expect(await cut).toBeInstanceOf(Error);
  await labStart(lab, host.name);
  expect(await sh("cat /etc/toy.conf")).toBe("two");
  wanted = toy("two");
  expect(changesOf((await converge(world)).plan)).toEqual(
    ["remove file:/etc/toy.hint: no longer wanted", "update unit:toy.service: has not taken /etc/toy.conf yet"]
      .toSorted()
      .toReversed(),
  );
  expect(await sh("tail -n 1 /run/toy.log; ls /var/lib/rampart/staging | wc -l")).toBe("start two\n0");
  expect(changesOf((await converge(world)).plan)).toEqual([]);
});

test("an apply whose operator is cut off goes on to its end; whoever comes next waits for it", async () => {
  wanted = toy("three", "touch /run/checking; sleep 3");
  const before = await generation();
  const cut = converge(world).catch((one: RampartError) => one);
  await until("test -e /run/checking");
  await closeAll([target]);
  expect(await cut).toBeInstanceOf(Error);
  const { plan } = await planSite(anew(world), { coming: new Set() });
  expect(changesOf(plan)).toEqual([]);
  expect(await sh("tail -n 1 /run/toy.log")).toBe("start three");
  expect(await generation()).toMatchObject({ number: Number(before.number) + 1 });
});

test("two at once: the second is refused, and an apply that is at work is not disturbed", async () => {
  wanted = toy("four");
  const first = await observeSite(anew(world), { lock: true });
  const second = await converge(world).catch((one: RampartError) => one);
  expect(String(second)).toContain("is being changed by someone else");
  await sh("mkdir -p /var/lib/rampart/staging/other; (flock 7; sleep 3) 7>>/run/rampart/apply.lock >/dev/null 2>&1 &");
  const busy = await applyPlan(planFrom(first, world), first, world).catch((one: RampartError) => one);
  expect((busy as RampartError).problems).toMatchObject([
    { path: "toy1", reason: "another apply is at work on this host" },
  ]);
  expect(await sh("ls /var/lib/rampart/staging; cat /etc/toy.conf")).toBe("other\nthree");
  await first.release();
  await converge(world);
  expect(await sh("ls /var/lib/rampart/staging; cat /etc/toy.conf")).toBe("four");
});

test("what nobody wants any more goes: the unit before its files", async () => {
  wanted = [];
  expect(changesOf((await converge(world)).plan).map((line) => line.split(":")[0])).toEqual([
    "remove unit",
    "remove file",
    "remove file",
    "remove file",
    "remove directory",
  ]);
  expect(
    await sh("ls -d /etc/toy.conf /etc/a\\ toy 2>&1 | grep -c 'No such'; systemctl show -P LoadState toy.service"),
  ).toBe("2\nnot-found");
  expect(changesOf((await converge(world)).plan)).toEqual([]);
  expect((await generation()).owned).toEqual([]);
});

async function sh(script: string): Promise<string> {
  const result = await run(target, script, { timeoutMs: 20_000 });
  if (result.unreachable !== undefined) throw new Error(result.unreachable);
  return result.stdout.trim();
}

async function until(condition: string): Promise<void> {
  await sh(`for n in $(seq 100); do ${condition} && exit; sleep 0.1; done`);
  expect(await sh(`${condition} && echo yes`)).toBe("yes");
}

async function generation(): Promise<Record<string, unknown>> {
  return JSON.parse(await sh("cat /var/lib/rampart/generation.json")) as Record<string, unknown>;
}

/** `update file:/etc/toy.conf: content differs` */
function changesOf(plan: Plan): readonly string[] {
  const changes = plan.stages.flatMap((stage) => stage.hosts.flatMap((one) => one.changes));
  return changes.map(({ verb, id, reason }) => `${verb} ${id}: ${reason}`);
}
