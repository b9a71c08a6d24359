import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bannedAt } from "./support/abuse.ts";
import { say, shopIsUp } from "./support/lab.ts";
import { onHost, rampartDone } from "./support/rampart.ts";
import { shop } from "./support/site.ts";
import { eventually } from "./support/time.ts";
import { ask, askByHttp2, askPlainly, customer } from "./support/visitor.ts";

beforeAll(shopIsUp);

test("the front page comes over HTTPS, trusted by the site's own CA alone", async () => {
  const { status, headers, body } = await ask("/");
  expect(status).toBe(200);
  expect(body).toContain("<title>Harbour &amp; Hill");
  expect(headers["strict-transport-security"]).toMatch(/max-age=\d{7,}/);
  expect(headers["x-content-type-options"]).toBe("nosniff");
  expect(headers.server).toBeUndefined();
});

test("a search gives products from the database", async () => {
  const found = JSON.parse((await ask("/api/search?q=lantern")).body);
  expect(found.total).toBeGreaterThan(10);
  for (const product of found.products)
    expect(product).toMatchObject({ id: expect.any(Number), name: expect.any(String) });
  const page = await ask("/search?q=lantern");
  expect(page.status).toBe(200);
  expect(page.body).toMatch(/href="\/product\/\d+"/);
});

test("an order that a customer places is read back from a replica", async () => {
  const someone = customer();
  const email = `visitor-${Date.now()}@example.org`;
  const password = "a harbour below the hill";
  const registered = await someone.post("/register", "/register", { name: "A Visitor", email, password, next: "/" });
  expect(registered).toMatchObject({ status: 303, headers: { location: "/" } });
  expect((await someone.post("/product/12", "/cart/add", { product: "12", quantity: "2" })).status).toBe(303);
  const placed = await someone.post("/cart", "/checkout", { name: "A Visitor", address: "1 Quay, Harbour" });
  expect(placed.status).toBe(303);
  const [, order] = /^\/orders\/(\d+)$/.exec(String(placed.headers.location)) ?? [];
  expect(order).toBeDefined();

  const written = await someone.get(`/api/orders/${order}`);
  const first = JSON.parse(written.body);
  expect(first).toMatchObject({ source: "primary", address: "1 Quay, Harbour" });
  await eventually(5, async () => {
    const { status, body } = await someone.get(`/api/orders/${order}?source=replica`);
    expect(status).toBe(200);
    const copy = JSON.parse(body);
    expect(copy).toMatchObject({ source: "replica", lines: [{ product: 12, quantity: 2 }] });
    expect(["db1", "db2", "db3"].filter((host) => host !== first.server)).toContain(copy.server);
  });
  expect((await ask(`/api/orders/${order}`)).status).toBe(401);
});

test("plain HTTP leads to HTTPS, with the port that visitors of this machine need", async () => {
  const here = await askPlainly("/search?q=mug", `${shop.localDomain}:${shop.httpPort}`);
  expect(here.status).toBe(308);
  expect(here.headers.location).toBe(`https://${shop.localDomain}:${shop.httpsPort}/search?q=mug`);
  const outside = await askPlainly("/search?q=mug", shop.domain);
  expect(outside).toMatchObject({ status: 308, headers: { location: `https://${shop.domain}/search?q=mug` } });
});

test("the alias leads to the domain", async () => {
  const { status, headers } = await ask("/product/7?from=alias", { name: shop.alias });
  expect(status).toBe(308);
  expect(headers.location).toBe(`https://${shop.domain}/product/7?from=alias`);
});

test("what a visitor says about addresses does not reach the service", async () => {
  const lies = {
    "X-Forwarded-For": "203.0.113.77",
    "X-Real-IP": "203.0.113.77",
    Forwarded: "for=203.0.113.77",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "X-Request-ID": "mine",
  };
  const { status, body } = await ask("/test/headers", { headers: lies });
  expect(status).toBe(200);
  expect(body).not.toContain("203.0.113.77");
  expect(body).not.toContain("evil.example");
  const told = JSON.parse(body);
  expect(told["x-forwarded-for"]).toMatch(/^198\.51\.100\.\d+$/);
  expect(told).toMatchObject({
    "x-forwarded-proto": "https",
    "x-forwarded-host": expect.stringContaining("localhost"),
  });
  expect(told["x-request-id"]).not.toBe("mine");
});

test.each(["/metrics", "/METRICS", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics"])(
  "the service's metrics are hidden from visitors who ask for %s",
  async (path) => {
    const { status, body } = await ask(path);
    expect(status).toBe(404);
    expect(body).not.toContain("# TYPE");
  },
);

test("what is not there gets a 404 page", async () => {
  const shops = await ask("/no/such/page");
  expect(shops).toMatchObject({ status: 404, headers: { "content-type": expect.stringContaining("text/html") } });
  expect((await ask("/assets/no-such.css")).status).toBe(404);
  expect((await ask("/.git/config")).status).toBe(404);
});

test("files come with their type, compressed, and with the time for which they may be kept", async () => {
  const css = await ask("/assets/base.css", { headers: { "Accept-Encoding": "gzip" } });
  expect(css.status).toBe(200);
  expect(css.headers).toMatchObject({
    "content-type": expect.stringContaining("text/css"),
    "content-encoding": "gzip",
    vary: expect.stringContaining("Accept-Encoding"),
    "cache-control": "public, max-age=60",
    etag: expect.any(String),
  });
  const again = await ask("/assets/base.css", { headers: { "If-None-Match": String(css.headers.etag) } });
  expect(again.status).toBe(304);
  const versioned = await ask("/assets/base.css?v=1");
  expect(versioned.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  const brotli = await ask("/assets/base.css", { headers: { "Accept-Encoding": "br" } });
  expect(brotli.headers["content-encoding"]).toBe("br");
  expect((await ask("/favicon.svg")).headers["content-type"]).toContain("image/svg+xml");
});

test("the site speaks HTTP/2", async () => {
  expect(await askByHttp2("/")).toBe(200);
});

test("the second service answers at its route", async () => {
  const { status, body } = await ask("/api/recommendations?product=12");
  expect(status).toBe(200);
  const answer = JSON.parse(body);
  expect(answer.recommendations.length).toBeGreaterThan(0);
  expect(answer.instance).toMatch(/^recommendations[12]$/);
});

test("requests are spread over all hosts of a tier", async () => {
  const before = await webRequests();
  const instances = new Map<string, number>();
  for (let count = 0; count < 40; count += 1) {
    const [, instance = "nobody"] = /Served by (\w+)/.exec((await ask("/cart")).body) ?? [];
    instances.set(instance, (instances.get(instance) ?? 0) + 1);
  }
  expect([...instances.keys()].toSorted()).toEqual(["shop1", "shop2"]);
  for (const share of instances.values()) expect(share).toBeGreaterThanOrEqual(12);
  const after = await webRequests();
  for (const [host, requests] of after) expect(requests - (before.get(host) ?? 0), host).toBeGreaterThanOrEqual(12);
});

test("whoever guesses passwords in the shop's own log-in form is banned at both balancers within 2 s", async () => {
  const guesser = "198.51.100.77";
  const curl = `curl -sS --interface ${guesser} --cacert ${join(shop.folder, ".rampart/lab-ca.crt")} -b "$jar" -c "$jar"`;
  const script = `ip addr replace ${guesser}/24 dev outside0
jar=$(mktemp)
token=$(${curl} https://${shop.domain}/login | sed -n 's/.*name="token" value="\\([^"]*\\)".*/\\1/p' | head -n 1)
for try in 1 2 3 4 5 6 7 8 9 10; do
  ${curl} -o /dev/null -w '%{http_code}\\n' --data-urlencode "token=$token" -d "email=somebody@example.org&password=guess$try" https://${shop.domain}/login
done
date +%s.%N
${curl} -o /dev/null -w '%{http_code}\\n' https://${shop.domain}/
rm "$jar"
ip addr del ${guesser}/24 dev outside0`;
  const watching = ["lb1", "lb2"].map((host) => bannedAt(host, guesser, {}));
  const said = (await rampartDone(["lab", "outside", "--", "sh", "-c", script])).stdout.trim().split("\n");
  const seconds = Math.max(...(await Promise.all(watching))) - Number(said[10]);
  say(`shop: seen to be banned at both balancers ${seconds.toFixed(2)} s after the tenth guess`);
  await rampartDone(["bans", "lift", guesser]);
  expect(said.toSpliced(10, 1)).toEqual([...Array(10).fill("422"), "403"]);
  expect(seconds).toBeLessThan(2);
});

test("verify finds that everything that the site promises holds", async () => {
  await rampartDone(["verify"]);
});

/** Requests that each web host got so far, as the balancers count them. */
async function webRequests(): Promise<ReadonlyMap<string, number>> {
  const script = "echo 'show stat' | socat - /run/haproxy/admin.sock | awk -F, '$1 == \"web\" { print $2, $8 }'";
  const counts = new Map<string, number>();
  for (const balancer of ["lb1", "lb2"]) {
    for (const line of (await onHost(balancer, script)).split("\n")) {
      const [host = "", requests = "0"] = line.split(" ");
      if (/^web\d+$/.test(host)) counts.set(host, (counts.get(host) ?? 0) + Number(requests));
    }
  }
  return counts;
}
