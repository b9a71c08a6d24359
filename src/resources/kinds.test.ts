import { execFileSync } from "node:child_process";
import { hash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { shellQuote } from "../base/text.ts";
import type { Seen } from "../model/plan.ts";
import { type Resource, resourceId, type UnitResource } from "../model/resource.ts";
import { certificateRecord, certificateRecordFile, certificateWish } from "./certificate.ts";
import { kindFor, kinds } from "./index.ts";
import { type DiffWorld, type Kind, pathProbe } from "./kind.ts";

// Every kind on this machine, by a real shell: seen as missing, made, seen as right, changed, seen as wrong, taken away twice.
const folder = mkdtempSync(join(tmpdir(), "rampart kinds 'odd' "));
const state = mkdtempSync(join(tmpdir(), "rampart-state-"));
afterAll(() => {
  for (const path of [folder, state]) rmSync(path, { recursive: true });
});

const origin = { role: "base", path: "", why: "A test." } as const;
const me = { owner: "root", group: "root" } as const;
const world: DiffWorld = {
  digest: (text) => hash("sha256", text),
  resolve: (text) => text.replaceAll("{{secret:one}}", "hush").replaceAll("{{ca}}", "CA"),
  now: 1_800_000_000,
};

/** Scripts keep their own records elsewhere than on a host. */
function sh(script: string): string {
  const env = { PATH: process.env.PATH ?? "", LC_ALL: "C.UTF-8" };
  const here = script.replaceAll("/var/lib/rampart", state);
  return execFileSync("dash", ["-u", "-c", here], { encoding: "utf8", env }).replaceAll(state, "/var/lib/rampart");
}

function see(wanted: Resource): Seen | undefined {
  return seen(kindFor(wanted), [wanted]).get(resourceId(wanted));
}

function seen(kind: Kind, wanted: readonly Resource[]): ReadonlyMap<string, Seen> {
  const paths = pathProbe(kind.paths?.(wanted) ?? [], shellQuote);
  // A probe may end with what its last command found, or not.
  return kind.parse(sh(`${paths}\n${kind.probe(wanted)}\ntrue`).split("\n"), wanted);
}

const compare = (wanted: Resource, seen: Seen | undefined) => kindFor(wanted).diff(wanted, seen, world);

interface Sample {
  readonly wanted: Resource;
  /** By hand, what the converger would do; without it the steps themselves are run. */
  readonly make?: () => void;
  readonly spoil: () => void;
  readonly reason: RegExp;
}

const file = join(folder, `it's a "file" $HOME\\n`);
const directory = join(folder, "a dir");
const certificateFile = join(folder, "site.crt");
const root = join(folder, "srv one");

const fileWanted: Resource = { ...origin, ...me, kind: "file", file, content: "word {{secret:one}}\n", mode: "0640" };
const certificateWanted: Resource = {
  ...{ ...origin, kind: "certificate", commonName: "web1", dnsNames: ["web1"], ipAddresses: [], usages: ["server"] },
  ...{ certificateFile, keyFile: join(folder, "site.key"), group: "root" },
};
const releaseWanted: Resource = {
  ...{ ...origin, kind: "release", name: "shop", id: "0123abcd", root, migrate: undefined, unit: undefined },
};

const samples: Readonly<Record<string, Sample>> = {
  file: {
    wanted: fileWanted,
    make: () => {
      writeFileSync(file, "word hush\n");
      chmodSync(file, 0o640);
    },
    spoil: () => writeFileSync(file, "word\n"),
    reason: /^content differs$/,
  },
  directory: {
    wanted: { ...origin, ...me, kind: "directory", directory, mode: "0750" },
    spoil: () => chmodSync(directory, 0o777),
    reason: /^mode is 0777, not 0750$/,
  },
  certificate: {
    wanted: certificateWanted,
    make: () => issue(),
    spoil: () => writeFileSync(certificateFile, "another"),
    reason: /^is not the one that was issued$/,
  },
  release: {
    wanted: releaseWanted,
    make: () => {
      const steps = kindFor(releaseWanted).steps(releaseWanted, { verb: "create", reason: "", effect: "none" }, world);
      mkdirSync(root, { recursive: true });
      for (const step of steps) {
        if (step.kind === "archive") {
          writeFileSync(join(folder, "index.html"), "hello");
          execFileSync("tar", ["-czf", step.file, "-C", folder, "index.html"]);
        }
        if (step.kind === "run") sh(step.script);
      }
    },
    spoil: () => rmSync(join(root, "releases"), { recursive: true }),
    reason: /^release 0123abcd is not there$/,
  },
};

function issue(notAfter = world.now + 80 * 86_400): void {
  if (certificateWanted.kind !== "certificate") return;
  const digest = world.digest("PEM");
  writeFileSync(certificateWanted.certificateFile, "PEM");
  writeFileSync(certificateWanted.keyFile, "PEM");
  chmodSync(certificateWanted.keyFile, 0o600);
  const wish = certificateWish(certificateWanted, world);
  const record = certificateRecord({ wish, certificateDigest: digest, keyDigest: digest, notAfter });
  const recordFile = certificateRecordFile(certificateFile).replace("/var/lib/rampart", state);
  mkdirSync(join(state, "certificates"), { recursive: true });
  writeFileSync(recordFile, record);
}

describe.each(Object.entries(samples))("%s", (_, { wanted, make, spoil, reason }) => {
  test("missing, made, spoilt, mended", () => {
    expect(compare(wanted, see(wanted))?.verb).toBe("create");
    const perform = make ?? (() => runSteps(wanted));
    perform();
    expect(compare(wanted, see(wanted))).toBeUndefined();
    spoil();
    expect(compare(wanted, see(wanted))?.reason).toMatch(reason);
    perform();
    perform();
    expect(compare(wanted, see(wanted))).toBeUndefined();
  });

  test("taking it away can be done twice", () => {
    for (let time = 0; time < 2; time += 1) {
      for (const step of kindFor(wanted).removal(resourceId(wanted).slice(wanted.kind.length + 1))) {
        if (step.kind === "run") sh(step.script);
      }
    }
    if (wanted.kind === "file") expect(existsSync(file)).toBe(false);
    if (wanted.kind === "directory") expect(existsSync(directory)).toBe(false);
    if (wanted.kind === "certificate") expect(existsSync(certificateFile)).toBe(false);
  });
});

function runSteps(wanted: Resource): void {
  const difference = compare(wanted, see(wanted)) ?? { verb: "update", reason: "", effect: "none" };
  for (const step of kindFor(wanted).steps(wanted, difference, world)) if (step.kind === "run") sh(step.script);
}

describe.each(kinds.map((kind) => [kind.kind, kind] as const))("%s", (name, kind) => {
  test("a probe of many is one answer for each, and what is seen is what parses from it alone", () => {
    const many = manyOf(name);
    const together = seen(kind, many);
    for (const one of many) {
      const alone = seen(kind, [one]).get(resourceId(one));
      expect(together.get(resourceId(one)), resourceId(one)).toEqual(alone);
    }
  });

  test("an empty answer means that nothing is there", () => {
    const many = manyOf(name);
    expect(kind.parse([""], many).size).toBe(0);
    for (const one of many) expect(kind.diff(one, undefined, world)?.verb, resourceId(one)).toBe("create");
  });
});

/** Resources of a kind of which some are on this machine. */
function manyOf(kind: Resource["kind"]): readonly Resource[] {
  switch (kind) {
    case "package":
      return ["dpkg", "bash", "no-such-package"].map((name) => ({ ...origin, kind, name }));
    case "user":
      return ["root", "daemon", "no-such-user"].map((name) => ({
        ...origin,
        kind,
        name,
        home: "/",
        groups: ["daemon"],
      }));
    case "directory":
      return ["/etc", "/tmp", "/no such"].map((path) => ({ ...origin, ...me, kind, directory: path, mode: "0755" }));
    case "file":
      return ["/etc/passwd", "/etc/shadow", "/no such"].map((path) => ({
        ...{ ...origin, ...me, kind, file: path, content: "", mode: "0644" },
      }));
    case "certificate":
      return [certificateWanted];
    case "firewall":
      return [{ ...origin, kind, file: join(folder, "nft.conf"), content: "table inet rampart {}\n" }];
    case "release":
      return [releaseWanted];
    case "unit":
      return [{ ...unit, name: "no-such.service" }];
  }
}

test("files: mode and owner count; links are replaced; a secret is compared by its value", () => {
  writeFileSync(file, "word hush\n");
  chmodSync(file, 0o644);
  expect(compare(fileWanted, see(fileWanted))?.reason).toBe("mode is 0644, not 0640");
  chmodSync(file, 0o640);
  expect(compare({ ...fileWanted, group: "daemon" }, see(fileWanted))?.reason).toBe(
    "belongs to root:root, not root:daemon",
  );
  const link = { ...fileWanted, file: join(folder, "link") };
  symlinkSync(file, link.file);
  expect(compare(link, see(link))?.reason).toBe("mode is 0777, not 0640");
  expect(
    JSON.stringify(kindFor(fileWanted).steps(fileWanted, { verb: "create", reason: "", effect: "none" }, world)),
  ).not.toContain("hush");
});

test("directories: a link counts as where it leads, a file in the way as nothing", () => {
  const place = join(folder, "place");
  const wanted: Resource = { ...origin, ...me, kind: "directory", directory: place, mode: "0755" };
  writeFileSync(place, "");
  expect(compare(wanted, see(wanted))?.verb).toBe("create");
  rmSync(place);
  mkdirSync(`${place}.real`, { mode: 0o755 });
  symlinkSync(`${place}.real`, place);
  expect(compare(wanted, see(wanted))).toBeUndefined();
});

test("certificates: renewed 30 days before their end, issued anew for other names or by another CA", () => {
  issue(world.now + 29 * 86_400);
  expect(compare(certificateWanted, see(certificateWanted))?.reason).toBe("ends in 29 days");
  issue(world.now + 31 * 86_400);
  expect(compare(certificateWanted, see(certificateWanted))).toBeUndefined();
  const other: Resource = { ...certificateWanted, dnsNames: ["web1", "web2"] };
  expect(compare(other, see(other))?.reason).toMatch(/^issued for other names/);
  const elsewhere = { ...world, resolve: (text: string) => text.replaceAll("{{issuer}}", "another CA") };
  const kind = kindFor(certificateWanted);
  expect(kind.diff(certificateWanted, see(certificateWanted), elsewhere)?.reason).toMatch(/another CA$/);
  const trustsBoth = { ...world, resolve: (text: string) => text.replaceAll("{{ca}}", "CA and the next CA") };
  expect(kind.diff(certificateWanted, see(certificateWanted), trustsBoth)).toBeUndefined();
  const asked = { ...world, renew: new Set([resourceId(certificateWanted)]) };
  expect(kind.diff(certificateWanted, see(certificateWanted), asked)?.reason).toBe("to be renewed now");
  const keeper = { ...certificateWanted, placeholder: true } as const;
  expect(kind.diff(keeper, see(keeper), elsewhere)?.reason).toMatch(/another CA$/);
  expect(kind.diff(keeper, { ...see(keeper), genuine: "false" }, asked)).toBeUndefined();
});

test("releases: the last three stay, the one in use always, an unfinished one is put again", () => {
  for (const id of ["a1", "b2", "c3", "d4", "a1"]) {
    const wanted: Resource = { ...releaseWanted, id };
    mkdirSync(root, { recursive: true });
    for (const step of kindFor(wanted).steps(wanted, { verb: "update", reason: "", effect: "none" }, world)) {
      if (step.kind === "archive") execFileSync("tar", ["-czf", step.file, "-T", "/dev/null"]);
      if (step.kind === "run") sh(step.script);
    }
    expect(compare(wanted, see(wanted))).toBeUndefined();
  }
  expect(readFileSync(join(root, "release.env"), "utf8")).toBe("RELEASE=a1\n");
  expect(
    sh(`cd '${root.replaceAll("'", `'\\''`)}/releases' && ls`)
      .trim()
      .split("\n"),
  ).toHaveLength(3);
  writeFileSync(join(root, "release.env"), "");
  expect(compare({ ...releaseWanted, id: "a1" }, see(releaseWanted))?.reason).toBe("release unfinished → a1");
});

test("users: groups are added, never taken away", () => {
  const wanted: Resource = { ...origin, kind: "user", name: "daemon", home: "/", groups: ["daemon", "adm"] };
  expect(compare(wanted, see(wanted))?.reason).toBe("not a member of adm");
  expect(compare({ ...wanted, groups: ["daemon"] }, see(wanted))).toBeUndefined();
});

const unit: UnitResource = {
  ...{ ...origin, kind: "unit", name: "nginx.service", state: "running" },
  ...{ reloadOn: ["file:/etc/nginx.conf"], restartOn: ["release:shop"] },
};

test("units: shown is only what the list of all leaves in doubt", () => {
  const systemctl = (listed: string) =>
    `systemctl() { case $1 in show) shift 4; echo "asked: $*" ;; *) printf '%s\\n' ${shellQuote(listed)} ;; esac; }`;
  const many = ["a.service", "b.service"].map((name) => ({ ...unit, name, restartOn: [], reloadOn: [] }));
  const off: UnitResource = { ...unit, name: "off.socket", state: "off", restartOn: [], reloadOn: [] };
  const probe = kindFor(unit)
    .probe([...many, off])
    .replaceAll("/etc/systemd/system", shellQuote(folder));
  mkdirSync(join(folder, "multi-user.target.wants"));
  symlinkSync("/dev/null", join(folder, "multi-user.target.wants", "b.service"));
  const answer = sh(`${systemctl("a.service loaded active running A\nb.service loaded active running B")}\n${probe}`);
  expect(answer).toContain("Id=b.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\n");
  expect(answer).toContain("asked: a.service\n");
  expect(sh(`${systemctl("b.service loaded failed failed B")}\n${probe}`)).toBe("asked: a.service b.service\n");
});

describe("units, by recorded answers of systemctl show", () => {
  const answer = (facts: Readonly<Record<string, string>>, pending: readonly string[] = []): readonly string[] => {
    const running = { Id: "nginx.service", LoadState: "loaded", ActiveState: "active", UnitFileState: "enabled" };
    const lines = Object.entries({ ...running, ConditionResult: "yes", ...facts }).map(
      ([key, value]) => `${key}=${value}`,
    );
    return ["Type=oneshot", "Id=other.service", "LoadState=not-found", "", ...lines, ...pending];
  };
  const difference = (wanted: UnitResource, output: readonly string[]) =>
    compare(wanted, kindFor(wanted).parse(output, [wanted]).get(resourceId(wanted)));

  test.each([
    ["as it should be", {}, [], undefined],
    ["reloading is active", { ActiveState: "reloading" }, [], undefined],
    ["dead", { ActiveState: "inactive" }, [], { effect: "start", reason: "is inactive, not active" }],
    ["failed", { ActiveState: "failed" }, [], { effect: "start", reason: "is failed, not active" }],
    ["not enabled", { UnitFileState: "disabled" }, [], { effect: "none", reason: "would not start at boot" }],
    ["static needs no enabling", { UnitFileState: "static" }, [], undefined],
    ["unknown", { LoadState: "not-found" }, [], { effect: "start", verb: "create" }],
    ["pending", {}, ["P nginx.service reload /etc/a b"], { effect: "reload", reason: "has not taken /etc/a b yet" }],
    ["both pending", {}, ["P nginx.service reload /a", "P nginx.service restart /b"], { effect: "restart" }],
    ["pending and not enabled", { UnitFileState: "disabled" }, ["P nginx.service restart /b"], { effect: "restart" }],
    ["of another unit", {}, ["P nginx.service.d restart /b"], undefined],
  ] as const)("%s", (_, facts, pending, expected) => {
    const found = difference(unit, answer(facts, pending));
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  test("off: neither running nor at boot; a unit that is not there is off", () => {
    const off: UnitResource = { ...unit, state: "off" };
    expect(difference(off, answer({}))).toMatchObject({ effect: "stop" });
    expect(difference(off, answer({ ActiveState: "inactive" }))).toMatchObject({ effect: "stop" });
    expect(difference(off, answer({ ActiveState: "inactive", UnitFileState: "disabled" }))).toBeUndefined();
    expect(difference(off, answer({ LoadState: "not-found" }))).toBeUndefined();
    expect(difference(off, answer({ ActiveState: "inactive", UnitFileState: "static" }))).toBeUndefined();
  });

  test("settled: passed over by its own condition, but not when it was never started", () => {
    const settled: UnitResource = { ...unit, state: "settled" };
    const passed = { ActiveState: "inactive", ConditionResult: "no", ConditionTimestampMonotonic: "123" };
    expect(difference(settled, answer(passed))).toBeUndefined();
    const never = { ...passed, ConditionTimestampMonotonic: "0" };
    expect(difference(settled, answer(never))).toMatchObject({ effect: "start" });
  });

  test("owned: neither started nor enabled; a restart is asked of its owner, one that its package started is ended", () => {
    const owned: UnitResource = { ...unit, state: "owned", restart: "ask for it" };
    const off = { UnitFileState: "disabled" };
    expect(difference(owned, answer(off))).toBeUndefined();
    expect(difference(owned, answer({ ...off, ActiveState: "inactive" }))).toBeUndefined();
    expect(difference(owned, answer({}))).toMatchObject({ effect: "none", reason: "would start at boot by itself" });
    expect(difference(owned, answer({ LoadState: "not-found" }))).toMatchObject({ effect: "stop", verb: "create" });
    const pending = difference(owned, answer(off, ["P nginx.service restart /b"]));
    expect(pending).toMatchObject({ effect: "restart" });
    const steps = pending && kindFor(owned).steps(owned, pending, world);
    expect(steps).toMatchObject([{ kind: "unit", deed: "restart", owner: "ask for it" }]);
  });

  test("a file that is newer than the unit's mark is pending, an older one is not", () => {
    const conf = join(folder, "it's conf");
    const wanted: UnitResource = { ...unit, reloadOn: [`file:${conf}`], restartOn: [] };
    const mark = join(state, "units", unit.name);
    mkdirSync(join(state, "units"), { recursive: true });
    const pending = () => sh(`systemctl() { :; }; ${kindFor(wanted).probe([wanted])}\ntrue`).trim();
    writeFileSync(conf, "");
    expect(pending()).toBe(`P nginx.service reload ${conf}`);
    writeFileSync(mark, "");
    execFileSync("touch", ["-d", "2026-01-01 00:00:00.5", conf]);
    execFileSync("touch", ["-d", "2026-01-01 00:00:00.4", mark]);
    expect(pending()).toBe(`P nginx.service reload ${conf}`);
    execFileSync("touch", ["-d", "2026-01-01 00:00:00.6", mark]);
    expect(pending()).toBe("");
  });
});
