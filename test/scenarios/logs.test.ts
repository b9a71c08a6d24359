import { afterAll, beforeAll, expect, test } from "vitest";
import { say, shopIsUp, siteIsWell, siteStatus } from "./support/lab.ts";
import { onHost, rampart, rampartDone } from "./support/rampart.ts";
import { eventually } from "./support/time.ts";
import { ask } from "./support/visitor.ts";

// What hosts say is found at the monitor: soon, whole, from whom it is, and also when the monitor was away.

const token = `heard-${Date.now().toString(36)}`;
let hosts: readonly string[];

beforeAll(async () => {
  await shopIsUp();
  hosts = (await siteStatus()).hosts.map((host) => host.name);
});
afterAll(async () => {
  await siteIsWell(60);
});

/** The lines of all hosts that hold a text, as the monitor has them. */
async function found(text: string, ...words: readonly string[]): Promise<readonly Readonly<Record<string, string>>[]> {
  const said = await rampartDone([
    "logs",
    "--all",
    "--json",
    "--lines",
    "2000",
    "--since",
    "10m",
    "--grep",
    text,
    ...words,
  ]);
  return said.stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Record<string, string>]));
}

test("a line that any host says is found within seconds, told apart by host", async () => {
  await Promise.all(hosts.map((host) => onHost(host, `logger -t trial '${token} by ${host}'`)));
  const seconds = await eventually(15, async () => {
    const lines = await found(token);
    expect(lines.map((line) => line.RAMPART_HOST).toSorted()).toEqual(hosts.toSorted());
    expect(lines.every((line) => line.MESSAGE === `${token} by ${line.RAMPART_HOST}`)).toBe(true);
  });
  say(`a line of each of ${hosts.length} hosts is at the monitor after ${seconds.toFixed(1)} s`);
  const [one] = hosts;
  const searched = await rampartDone(["logs", one ?? "", "--grep", `${token.toUpperCase()} BY`]);
  expect(searched.stdout).toContain(`${one} trial[`);
  expect((await found(token, "no-such-unit")).length).toBe(0);
  const monitor = hosts.find((host) => host.startsWith("mon")) ?? "";
  const asked = await onHost(monitor, `curl -sS 'http://127.0.0.1:8411/api/logs?text=${token}'`);
  const onPage = JSON.parse(asked) as { lines: readonly { host: string }[]; more: string };
  expect(onPage.more).toBe("");
  expect(onPage.lines.map((line) => line.host).toSorted()).toEqual(hosts.toSorted());
});

test("a line of a megabyte arrives whole; control characters are shown as text", async () => {
  const megabyte = 1_048_576;
  const script = `{ printf 'SYSLOG_IDENTIFIER=trial\\nMESSAGE=${token}-big'; head -c ${megabyte} /dev/zero | tr '\\0' x; echo; } | logger --journald
logger -t trial "$(printf '${token}-red \\033[31m\\033]0;title\\007')"`;
  await onHost("web1", script);
  await eventually(15, async () => {
    const [line] = await found(`${token}-big`);
    expect(line?.MESSAGE?.length).toBe(megabyte + `${token}-big`.length);
  });
  const shown = (await rampartDone(["logs", "--all", "--since", "10m", "--grep", token, "--lines", "2000"])).stdout;
  expect(shown).toContain(`${token}-red \\x1b[31m\\x1b]0;title\\x07\n`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(Math.max(...shown.split("\n").map((line) => line.length))).toBeLessThan(9000);
});

test("nobody sends lines without a certificate, with another one than a host's own, or in another host's name", async () => {
  const monitor = hosts.find((host) => host.startsWith("mon")) ?? "";
  const script = `cd /etc/rampart/tls
name=$(getent hosts ${monitor} | awk '{print $2}')
boot=$(tr -d - < /proc/sys/kernel/random/boot_id)
send() { printf '__REALTIME_TIMESTAMP=%s000000\\n__MONOTONIC_TIMESTAMP=1000000\\n_BOOT_ID=%s\\n_HOSTNAME=${monitor}\\nMESSAGE=${token}-forged\\n\\n' "$(date +%s)" "$boot" |
  curl -s -o /dev/null -w '%{http_code} ' --cacert ../ca.crt -H 'Content-Type: application/vnd.fdo.journal' --data-binary @- "$@" "https://$name:19532/upload"; }
send; send --cert exporter.crt --key exporter.key; send --cert /etc/haproxy/tls/internal.pem; send --cert logs.crt --key logs.key`;
  expect(await onHost("web1", script)).toBe("400 400 403 202");
  const plain = `curl -s -o /dev/null -w '%{http_code}' http://$(getent hosts ${monitor} | awk '{print $2}'):19532/upload || true`;
  expect(await onHost("web1", plain)).toBe("400");
  await eventually(5, async () => expect((await found(`${token}-forged`)).length).toBe(1));
  const shown = (await rampartDone(["logs", "--all", "--since", "10m", "--grep", `${token}-forged`])).stdout;
  expect(shown).toContain(` web1 (says it is ${monitor}) `);
});

test("requests come to the monitor as figures, all of them, and as records, those that tell something", async () => {
  const began = await counted();
  const path = `/?${token}`;
  const statuses = [];
  for (let time = 0; time < 120; time += 1) statuses.push((await ask(path)).status);
  expect(statuses.every((status) => status === 200)).toBe(true);
  const seconds = await eventually(10, async () => expect((await counted()) - began).toBeGreaterThanOrEqual(120));
  // The monitor's own probe asks for the same page.
  expect((await counted()) - began).toBeLessThan(120 + 60);
  say(`120 requests are figures at the monitor ${seconds.toFixed(1)} s after the last of them`);
  await eventually(10, async () => {
    const records = (await found(token)).filter((line) => line.SYSLOG_IDENTIFIER === "access");
    expect(records[0]).toMatchObject({
      ACCESS_ROUTE: "/",
      ACCESS_STATUS: "200",
      ACCESS_URI: path,
      ACCESS_METHOD: "GET",
    });
  });
});

/** How many requests visitors made that were answered well, as Prometheus knows it. */
async function counted(): Promise<number> {
  const query = `sum(rampart_visitor_request_seconds_count{route="/",class="2xx"}) or vector(0)`;
  const said = await onHost("mon1", `promtool query instant http://127.0.0.1:9090 '${query}'`);
  return Number(/=> (\S+) @/.exec(said)?.[1]);
}

test("the monitor loses its power and comes back: no line is lost, and hosts can be asked meanwhile", async () => {
  await rampartDone(["lab", "cut", "mon1"]);
  const others = ["lb1", "web1"];
  const script = `for i in $(seq 1 20); do logger -t absent "${token}-absent $i"; sleep 0.05; done`;
  await Promise.all(others.map((host) => onHost(host, script)));
  const asked = await rampartDone(["logs", "web1", "--since", "5m", "--grep", `${token}-absent`]);
  expect(asked.stdout.trim().split("\n")).toHaveLength(20);
  const refused = await rampart(["logs", "--all"]);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain("rampart lab start mon1");
  await rampartDone(["lab", "start", "mon1"]);
  const wanted = others.flatMap((host) =>
    Array.from({ length: 20 }, (_, index) => `${host} ${token}-absent ${index + 1}`),
  );
  const seconds = await eventually(40, async () => {
    const lines = (await found(`${token}-absent`)).map((line) => `${line.RAMPART_HOST} ${line.MESSAGE}`);
    expect(lines.toSorted()).toEqual(wanted.toSorted());
  });
  say(`what was said while the monitor was away is there ${seconds.toFixed(1)} s after its start`);
});
