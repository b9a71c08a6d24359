import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import type { SampleRun } from "../../src/model/waf.ts";
import type { HostWafFinding } from "../../src/report/waf.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import { type Edit, root, writeSite } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { type Answer, ask, customer } from "./support/visitor.ts";

// The web application firewall of the shop: what it finds, what it lets through, and what it costs nobody who means no harm.

const attacks: Readonly<Record<string, { readonly path: string; readonly rule: number }>> = {
  "an SQL injection": { path: "/search?q=1%27%20OR%20%271%27=%271", rule: 942100 },
  "a script in a parameter": { path: "/search?q=%3Cscript%3Ealert(document.cookie)%3C/script%3E", rule: 941100 },
  "a path traversal": { path: "/picture?file=../../../../etc/passwd", rule: 930120 },
};

beforeAll(shopIsUp);

afterAll(async () => {
  writeSite();
  await rampartDone(["apply"]);
  expect(await onHost("web1", "ls /etc/nginx/waf.conf /usr/local/lib/rampart/waf 2>/dev/null || true")).toBe("");
});

test("watch finds attacks and lets them through", async () => {
  await apply("watch");
  for (const [what, { path, rule }] of Object.entries(attacks)) {
    const { status, headers } = await ask(path);
    expect(status, what).not.toBe(403);
    const [finding] = await found((one) => one.id === String(headers["x-request-id"]));
    expect(finding?.action, what).toBe("would-block");
    expect(finding?.rules.map((match) => match.rule)).toContain(rule);
  }
});

test("block refuses them with a calm page that names the request", async () => {
  await apply("block");
  for (const [what, { path, rule }] of Object.entries(attacks)) {
    const answer = await ask(path);
    expect(answer, what).toMatchObject({ status: 403, headers: { "cache-control": "no-store" } });
    expect(answer.body).toContain("This was not accepted");
    const id = String(answer.headers["x-request-id"]);
    expect(answer.body).toContain(id);
    const [finding] = await found((one) => one.id === id);
    expect(finding).toMatchObject({ action: "blocked", method: "GET", src: expect.stringMatching(/^198\.51\.100\./) });
    expect(finding?.rules.map((match) => match.rule)).toContain(rule);
  }
  const posted = await ask("/login", {
    method: "POST",
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: "email=x&password=1%27%20OR%20%271%27%3D%271",
  });
  expect(posted.status).toBe(403);
  const [finding] = await found((one) => one.id === String(posted.headers["x-request-id"]));
  expect(finding).toMatchObject({ method: "POST", path: "/login", rules: [{ at: "ARGS:password" }] });
  expect(JSON.stringify(finding)).not.toContain("OR");
});

test("a customer meets nothing of it: the whole shop without one finding", async () => {
  await sleep(6000);
  const began = new Date().toISOString().slice(0, 19);
  const answers = await wholeShop();
  await sleep(11_000);
  const findings = (await findingsNow()).filter((one) => one.time > began);
  expect(findings, JSON.stringify(findings, null, 1)).toEqual([]);
  say(`the shop at block: ${answers} requests of a customer, none of them refused or found`);
});

test("an exception lets through what it names, and nothing else", async () => {
  await apply("block", `[{ rule: 942100, path: "/search", parameter: "q", why: "a test" }]`);
  const injection = "1%27%20OR%20%271%27=%271";
  expect((await ask(`/search?q=${injection}`)).status).toBe(200);
  expect((await ask(`/search?other=${injection}`)).status).toBe(403);
  expect((await ask(`/api/search?q=${injection}`)).status).toBe(403);
  expect((await ask("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")).status).toBe(403);
});

test("findings are lines to copy, and figures in Prometheus", async () => {
  await eventually(15, async () => {
    const { exceptions } = await rampartJson<{ readonly exceptions: readonly string[] }>(["waf", "findings"]);
    expect(exceptions).toContain('{ rule: 942100, path: "/search", parameter: "other", why: "…" },');
  });
  const shown = (await rampartDone(["waf", "findings"])).stdout;
  expect(shown).toMatch(/942100\s+SQL Injection Attack.*\/search\s+198\.51\.100\.\d+\s+blocked/);
  await eventually(40, async () => {
    const query = 'sum(rampart_waf_findings_total{rule="942100",action="blocked"})';
    const answer = await onHost(
      "mon1",
      `curl -sS -G --data-urlencode 'query=${query}' http://127.0.0.1:9090/api/v1/query`,
    );
    expect(Number(JSON.parse(answer).data.result[0]?.value[1])).toBeGreaterThan(0);
  });
});

test("tests of a rule set pass, fail or are skipped, with the reason, and leave nothing behind", async () => {
  const samples = join(root, "test/scenarios/waf-samples");
  const result = await rampart(["waf", "test", samples, "--host", "web2", "--json"]);
  expect(result.exitCode, result.stderr).toBe(1);
  const run = JSON.parse(result.stdout) as SampleRun;
  for (const { name, outcome, why } of run.results) {
    const [kind] = name.split("-");
    expect(`${outcome} ${name} ${why}`).toMatch(
      new RegExp(`^${kind === "passes" ? "passed" : kind === "fails" ? "failed" : "skipped"}`),
    );
  }
  expect(run).toMatchObject({ host: "web2", passed: 5, failed: 2, skipped: 5 });
  const upstream = JSON.parse(
    (await rampart(["waf", "test", samples, "--host", "web2", "--upstream", "--json"])).stdout,
  ) as SampleRun;
  expect(upstream.results.find(({ name }) => name === "skipped-higher-level")?.outcome).toBe("passed");
  expect(await onHost("web2", "ls /run/rampart-waf-test 2>/dev/null; ss -Hltn | grep -c ':1808[12] ' || true")).toBe(
    "0",
  );
});

async function apply(mode: "watch" | "block", exceptions = "[]"): Promise<void> {
  const web: Edit = [
    'web: { files: "./public" },',
    `web: { files: "./public", waf: "${mode}", wafExceptions: ${exceptions} },`,
  ];
  writeSite([web]);
  await rampartDone(["apply"]);
}

async function findingsNow(): Promise<readonly HostWafFinding[]> {
  return (await rampartJson<{ readonly findings: readonly HostWafFinding[] }>(["waf", "findings"])).findings;
}

/** The newest findings that fit, once there are any. */
async function found(fits: (one: HostWafFinding) => boolean): Promise<readonly HostWafFinding[]> {
  let fitting: readonly HostWafFinding[] = [];
  await eventually(15, async () => {
    fitting = (await findingsNow()).filter(fits).toReversed();
    expect(fitting).not.toEqual([]);
  });
  return fitting;
}

/** Everything that a customer does; resolves with the number of requests. */
async function wholeShop(): Promise<number> {
  let count = 0;
  const good = (answer: Answer, status = 200) => {
    count += 1;
    expect(answer.status).toBe(status);
  };
  const words = [
    "lantern",
    "select a mug",
    "cup or bowl",
    'Mug\'s "best" & more',
    "Schüssel für Öl; 50% off",
    "drop table",
  ];
  words.push("it's 1 or 2", "O'Brien", "100% wool, soft", "kettle (small) <3", "alert lamp", "union jack");
  good(await ask("/"));
  for (const file of ["/assets/base.css?v=1", "/favicon.svg", "/picture/12.svg"]) good(await ask(file));
  for (const word of words) {
    good(await ask(`/search?q=${encodeURIComponent(word)}`));
    good(await ask(`/api/search?q=${encodeURIComponent(word)}`));
  }
  good(await ask("/api/products"));
  good(await ask("/api/recommendations?product=12"));
  good(await ask("/product/7?utm_source=news&utm_campaign=a%20b%2Fc&ref=https%3A%2F%2Fexample.org%2Fa%3Fb"));
  const someone = customer();
  const email = `o'brien+waf-${Date.now()}@example.org`;
  const password = "Löwe & Maus; sel3ct 'one'";
  good(await someone.post("/register", "/register", { name: "Zoë O'Brien-Müller", email, password, next: "/" }), 303);
  good(await someone.post("/", "/logout", {}), 303);
  good(await someone.post("/login", "/login", { email, password, next: "/orders" }), 303);
  good(await someone.post("/product/12", "/cart/add", { product: "12", quantity: "2" }), 303);
  good(await someone.post("/cart", "/cart/update", { product: "12", quantity: "3" }), 303);
  const address = 'Straße des 17. Juni 1; 2nd floor\nc/o "Harbour & Hill", #4';
  const placed = await someone.post("/cart", "/checkout", { name: "Zoë O'Brien-Müller", address });
  good(placed, 303);
  const place = String(placed.headers.location);
  good(await someone.get(place));
  good(await someone.get(`/api${place}`));
  good(await someone.get("/orders"));
  return count;
}
