import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "../../src/lab/process.ts";
import { claimLabs, say } from "./support/lab.ts";
import { onHost, rampart, rampartDone, rampartJson } from "./support/rampart.ts";
import { root, scratch } from "./support/site.ts";
import { eventually } from "./support/time.ts";

// Visitors who mean harm, each from an address of its own at the visitor's seat, and one who does not: all requests of the
// honest one succeed meanwhile. A small site of its own, since bans and floods would disturb what other scenarios measure.

const name = "www.abuse.example";
const virtual = "198.51.100.10";
const honest = "198.51.100.50";
const guesser = "198.51.100.51";
const flooder = "198.51.100.52";
const folder = join(scratch, "abuse");
const ca = join(folder, ".rampart/lab-ca.crt");
const site = { site: folder };

beforeAll(async () => {
  claimLabs();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(root, "examples/hello/app"), join(folder, "app"), { recursive: true });
  const server = join(folder, "app/server.js");
  writeFileSync(
    server,
    readFileSync(server, "utf8").replace('if (request.url !== "/")', `${answers}\n  if (request.url !== "/")`),
  );
  writeSite("balancer");
  await rampartDone(["down"], site);
  await rampartDone(["up"], { ...site, timeoutMs: 900_000 });
  const addresses = [honest, guesser, flooder].map((address) => `ip addr replace ${address}/24 dev outside0`);
  await outside(addresses.join("; "));
});

afterAll(async () => {
  await rampart(["down"], site);
});

describe.each(["balancer", "web"] as const)("visitors' TLS ends at the %s", (place) => {
  beforeAll(async () => {
    writeSite(place);
    await rampartDone(["apply"], { ...site, timeoutMs: 600_000 });
    await rampart(["bans", "lift", guesser], site);
  });

  test("names, redirects and headers are the same", async () => {
    const go = async (url: string, more = "") => (await outside(curl(`${more} ${url}`, honest))).trim();
    expect(await go(`https://${name}/`)).toMatch(/^200 2 /);
    expect(await go("'https://abuse.example/a?b=c'")).toBe("308 2 https://www.abuse.example/a?b=c");
    expect(await go(`https://${name}/`, "-H 'Host: other.example'")).toMatch(/^421 /);
    expect(await go(`'http://${name}/p?q=1'`)).toMatch(/^308 1.1 https:\/\/www.abuse.example\/p\?q=1$/);
    const text = await outside(
      `curl -sS -i --interface ${honest} --cacert ${ca} -H 'X-Forwarded-For: 6.6.6.6' -H 'X-Forwarded-Foo: 1' https://${name}/headers`,
    );
    const [head = "", body = ""] = text.split("\r\n\r\n");
    const told = JSON.parse(body) as Record<string, string>;
    expect(told).toMatchObject({ "x-forwarded-for": honest, "x-forwarded-proto": "https", "x-forwarded-host": name });
    expect(told["x-forwarded-foo"]).toBe(undefined);
    expect(head).toMatch(/^strict-transport-security: max-age=63072000\r?$/m);
    expect(head).toMatch(/^x-frame-options: DENY\r?$/m);
    expect(head).toMatch(/^x-content-type-options: nosniff\r?$/m);
    expect(head).toMatch(new RegExp(`^x-request-id: ${told["x-request-id"]}\\r?$`, "m"));
    expect(head).not.toMatch(/^server:/im);
  });

  test("whoever guesses passwords is banned at both balancers within 2 s; a member never is", async () => {
    const guess = curl(`-X POST https://${name}/login`, guesser);
    const statuses = (await outside(Array(10).fill(guess).join("\n"))).split("\n").filter(Boolean);
    expect(statuses.map((line) => line.slice(0, 3))).toEqual(Array(10).fill("401"));
    const seconds = await eventually(2, async () => {
      const lists = await Promise.all(["lb1", "lb2"].map((host) => onHost(host, "rampart-bans list", site)));
      for (const list of lists) expect(list).toContain(guesser);
    });
    say(`${place}: a guesser is banned at both balancers after ${seconds.toFixed(2)} s, with the asking`);
    expect((await outside(`${curl(`https://${name}/`, guesser)} || true`)).slice(0, 3)).toBe(
      place === "web" ? "000" : "403",
    );
    expect((await outside(curl(`https://${name}/`, honest))).slice(0, 3)).toBe("200");
    const { bans } = await rampartJson<{ bans: { address: string; why: string; at: string[] }[] }>(["bans"], site);
    expect(bans).toMatchObject([{ address: guesser, why: "failed log-ins", at: ["lb1", "lb2"] }]);
    expect((await rampart(["bans", "add", "10.77.1.1"], site)).exitCode).toBe(1);
  });

  test("bans outlive a restart of both balancers at once, and end by hand", async () => {
    await Promise.all(["lb1", "lb2"].map((host) => onHost(host, "systemctl restart haproxy", site)));
    for (const host of ["lb1", "lb2"]) expect(await onHost(host, "rampart-bans list", site)).toContain(guesser);
    await rampartDone(["bans", "lift", guesser], site);
    expect((await outside(curl(`https://${name}/`, guesser))).slice(0, 3)).toBe("200");
  });

  test.each([
    ["slow heads", "-c 400 -H -i 10 -r 100 -l 15"],
    ["slow bodies", "-c 400 -B -i 5 -r 100 -s 8192 -x 10 -l 15"],
    ["slow reading", "-c 400 -X -r 100 -w 512 -y 1024 -n 5 -z 32 -k 3 -l 15"],
  ])("%s: the honest visitor is served", async (what, words) => {
    const page = what === "slow reading" ? "/big" : "/";
    const attack = `ip route replace ${virtual}/32 dev outside0 src ${flooder}; SSL_CERT_FILE=${ca} slowhttptest ${words} -u https://${name}${page} -p 3 >/dev/null 2>&1; ip route del ${virtual}/32 dev outside0 src ${flooder}`;
    await servedMeanwhile(`${place}: ${what}`, attack);
  });

  test("a flood of requests from one address is answered 429, and over in 5 s", async () => {
    const flood = `ip route replace ${virtual}/32 dev outside0 src ${flooder}; timeout 20 h2load -D 12 -c 20 -m 10 https://${name}/ | grep 'status codes'; ip route del ${virtual}/32 dev outside0 src ${flooder}`;
    const told = await servedMeanwhile(`${place}: a flood of requests`, flood);
    say(`${place}: the flooder got ${told.trim()}`);
    expect(Number(/(\d+) 4xx/.exec(told)?.[1])).toBeGreaterThan(0);
    await eventually(15, async () => {
      expect((await outside(curl(`https://${name}/`, flooder))).slice(0, 3)).toBe("200");
    });
  });
});

/** Runs a command at the visitor's seat; every request of the honest visitor, ten a second, must be answered 200 until its end. */
async function servedMeanwhile(what: string, attack: string): Promise<string> {
  const asking = curl(`https://${name}/`, honest);
  const visitor = `while [ ! -e ${folder}/over ]; do ${asking} || true; sleep 0.1; done`;
  rmSync(join(folder, "over"), { force: true });
  const asked = outside(visitor);
  const told = await outside(`(${attack}) || true`);
  await sleep(1000);
  writeFileSync(join(folder, "over"), "");
  const answered = (await asked).split("\n").filter(Boolean);
  const good = answered.filter((line) => line.startsWith("200 "));
  say(`${what}: ${good.length} of ${answered.length} requests of the honest visitor served`);
  expect(answered.length).toBeGreaterThan(10);
  expect(good.length).toBe(answered.length);
  return told;
}

/** Prints status, version and where it leads. */
function curl(words: string, from: string): string {
  return `curl -sS -m 8 -o /dev/null --interface ${from} --cacert ${ca} -w '%{http_code} %{http_version} %{redirect_url}\\n' ${words}`;
}

async function outside(script: string): Promise<string> {
  return (await rampartDone(["lab", "outside", "--", "sh", "-c", script], { ...site, timeoutMs: 120_000 })).stdout;
}

function writeSite(place: "balancer" | "web"): void {
  const text = {
    name: "tabuse",
    domain: name,
    aliases: ["abuse.example"],
    tls: { terminate: place },
    app: {
      hello: { source: "./app", start: "node server.js", port: 3000, health: "/healthz", login: "/login", hosts: 1 },
    },
    environments: { lab: { httpsPort: 8744, httpPort: 8781 } },
  };
  writeFileSync(
    join(folder, "rampart.config.ts"),
    `import { defineSite } from "rampart";\nexport default defineSite(${JSON.stringify(text)});\n`,
  );
}

/** What the small service answers besides its page. */
const answers = `if (request.method === "POST" && request.url === "/login") {
    return request.resume().on("end", () => response.writeHead(401, { "Content-Length": 0 }).end());
  }
  if (request.url === "/headers") {
    return response.writeHead(200, { "X-Frame-Options": "DENY" }).end(JSON.stringify(request.headers));
  }
  if (request.url === "/big") {
    return response.writeHead(200, { "Content-Length": 1 << 20 }).end(Buffer.alloc(1 << 20, 97));
  }`;
