import fc from "fast-check";
import { expect, test } from "vitest";
import type { Facts } from "./facts.ts";
import type { SiteInput } from "./input.ts";
import { resolveSite, siteProblems } from "./site.ts";

const facts: Facts = {
  folderExists: (folder) => ["./app", "./shop", "./recommendations", "./public"].includes(folder),
  fileExists: (file) => file === "./server.js" || file === "./nas.key",
  siteFile: "rampart.config.ts",
};

const hello: SiteInput = {
  name: "hello",
  domain: "www.hello.example",
  app: { hello: { source: "./app", start: "node server.js", port: 3000 } },
};

const galera = { mode: "galera", backup: { store: "none" } } as const;

const service = { source: "./app", start: "node server.js", port: 3000 };

const shop: SiteInput = {
  name: "shop",
  domain: "www.shop.example",
  aliases: ["shop.example"],
  tls: { certificate: "own", terminate: "balancer" },
  balancer: { hosts: 2 },
  web: { hosts: 3, files: "./public", maxBodyMiB: 64 },
  app: {
    shop: {
      source: "./shop",
      packages: ["imagemagick"],
      build: "npm ci --omit=dev",
      migrate: "node migrate.js",
      start: "node server.js",
      port: 3000,
      health: "/healthz",
      metrics: "/metrics",
      push: false,
      login: "/login",
      concurrency: 100,
      database: true,
      hosts: 2,
      routes: ["/"],
      env: { LOG_LEVEL: "info", PORT: "3000" },
      secrets: ["SESSION_KEY"],
    },
    recommendations: {
      source: "./recommendations",
      start: "node server.js",
      port: 3000,
      routes: ["/api/recommendations/", "api.shop.example/v1", { host: "www.shop.example", path: "/also" }],
    },
  },
  database: {
    ...{ hosts: 3, mode: "replicated", arbiter: "none", promise: "no-loss-unless-all-lose-power", bufferPoolMiB: 256 },
    backup: {
      ...{ store: "sftp://backup@nas.example/shop", credentials: "./nas.key", at: "04:30", drill: "monthly" },
      keep: { daily: 14, weekly: 8, monthly: 24 },
    },
  },
  monitor: { hosts: 1, retentionDays: 30, alerts: { webhook: "https://hooks.example/ops?token=x" } },
  limits: { requests: "600/m", connections: false, open: 50, errors: false, logins: "5/m", ban: "30m" },
  firewall: { admin: ["192.0.2.0/24", "203.0.113.9"] },
  environments: { lab: { httpsPort: 9443, httpPort: 9080 } },
};

function solved(raw: unknown) {
  const result = resolveSite(raw, facts);
  if (!result.ok) throw new Error(JSON.stringify(result.problems, null, 1));
  return result;
}

test("ten lines are a complete site", () => {
  expect(solved(hello).site).toEqual({
    name: "hello",
    domain: "www.hello.example",
    aliases: [],
    tls: { certificate: "own", terminate: "balancer" },
    balancer: { hosts: 2 },
    web: { hosts: 2, files: undefined, maxBodyMiB: 16, waf: "off", wafExceptions: [], beacon: false },
    app: [
      {
        name: "hello",
        source: "./app",
        packages: [],
        build: undefined,
        migrate: undefined,
        start: "node server.js",
        port: 3000,
        health: "/",
        metrics: undefined,
        push: false,
        login: undefined,
        concurrency: 500,
        routes: [{ host: undefined, path: "/" }],
        env: {},
        secrets: [],
        database: false,
        hosts: 2,
      },
    ],
    database: undefined,
    monitor: {
      ...{ hosts: 1, retentionDays: 15, statusPage: undefined, regions: [], visit: [] },
      objectives: { availability: undefined, latency: undefined },
      alerts: { webhook: undefined, email: undefined, heartbeat: undefined, dailyReport: undefined },
      export: {},
    },
    firewall: { admin: [], block: [], extra: [] },
    limits: { requests: "200/s", connections: "100/s", open: 200, errors: "10/s", logins: "10/5m", ban: "1h" },
    environment: {
      name: "lab",
      kind: "lab",
      localDomain: "www.hello.localhost",
      httpsPort: 8443,
      httpPort: 8080,
    },
  });
});

test("exceptions of the WAF name a rule or a range, in any order of detail", () => {
  const wafExceptions = [
    { rule: 942100, path: "/search", parameter: "q", why: "quotes" },
    { rule: "941100-941199", why: "HTML" },
  ];
  const { site } = solved({ ...hello, web: { waf: "block", wafExceptions } });
  expect(site.web.waf).toBe("block");
  expect(site.web.wafExceptions).toEqual([
    { first: 942100, last: 942100, path: "/search", parameter: "q", why: "quotes" },
    { first: 941100, last: 941199, path: undefined, parameter: undefined, why: "HTML" },
  ]);
});

test("everything that the shop says is taken over", () => {
  const { site } = solved(shop);
  expect(site.app.map(({ name }) => name)).toEqual(["shop", "recommendations"]);
  expect(site.app[0]).toMatchObject({ secrets: ["SESSION_KEY"], health: "/healthz", packages: ["imagemagick"] });
  expect(site.app[1]?.routes).toEqual([
    { host: undefined, path: "/api/recommendations" },
    { host: "api.shop.example", path: "/v1" },
    { host: undefined, path: "/also" },
  ]);
  expect(site.database).toEqual({
    hosts: 3,
    mode: "replicated",
    arbiter: "none",
    promise: "no-loss-unless-all-lose-power",
    bufferPoolMiB: 256,
    backup: {
      store: "sftp://backup@nas.example/shop",
      credentials: "./nas.key",
      at: "04:30",
      keep: { daily: 14, weekly: 8, monthly: 24 },
      drill: "monthly",
    },
  });
  expect(site.environment).toMatchObject({ httpsPort: 9443, httpPort: 9080 });
  expect(site.monitor.alerts.webhook).toBe("https://hooks.example/ops?token=x");
});

test("a service that asks for the database gets one with every default", () => {
  const { site } = solved({ ...hello, app: { hello: { ...service, database: true } } });
  expect(site.database).toEqual({
    ...{ hosts: 3, mode: "replicated", arbiter: "none", promise: "no-loss", bufferPoolMiB: 128 },
    backup: {
      ...{ store: "monitor", credentials: undefined, at: "03:00", drill: "weekly" },
      keep: { daily: 7, weekly: 4, monthly: 6 },
    },
  });
  expect(solved({ ...hello, database: {} }).site.database?.hosts).toBe(3);
});

test("every key of the complete site has its provenance, with a reason", () => {
  for (const raw of [hello, shop, { name: "static", domain: "static.example", web: { files: "./public" } }]) {
    const { site, provenance } = solved(raw);
    const renamed = leaves(site).map((path) => path.replace(/^environment\.(https?Port)$/, "environments.lab.$1"));
    expect(provenance.map(({ path }) => path).toSorted()).toEqual(renamed.toSorted());
    for (const entry of provenance) expect(entry.why, entry.path).not.toBe("");
  }
  const { provenance } = solved(shop);
  const of = (path: string) => provenance.find((entry) => entry.path === path);
  expect(of("web.hosts")).toMatchObject({ value: 3, source: "site file" });
  expect(of("app.recommendations.health")).toMatchObject({ value: "/", source: "default" });
});

/** Paths of all values of a site; lists (but not the list of services), env and `undefined` count as one value each. */
function leaves(value: unknown, path = ""): string[] {
  const entries =
    path === "app" && Array.isArray(value) && value.length > 0
      ? value.map((item: { name: string }) => [item.name, item] as const)
      : typeof value === "object" && value !== null && !Array.isArray(value) && !path.endsWith(".env")
        ? Object.entries(value)
        : undefined;
  if (entries === undefined) return [path];
  return entries.flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`));
}

const withException = (change: object) => ({
  ...hello,
  web: { waf: "block", wafExceptions: [{ rule: 942100, why: "quotes in names", ...change }] },
});
const withService = (more: object) => ({ ...hello, app: { hello: { ...service, ...more } } });
const two = (first: object, second: object) => ({
  ...hello,
  app: { one: { ...service, routes: ["/"], ...first }, two: { ...service, routes: ["/two"], ...second } },
});

const badInputs: readonly (readonly [what: string, raw: unknown, path: string, words: RegExp, environment?: string])[] =
  [
    ["no group", "hello", "rampart.config.ts", /holds no site: its value is "hello", a text/],
    ["nothing", undefined, "rampart.config.ts", /missing/],
    ["a list", [], "rampart.config.ts", /an empty list/],
    ["no name", { ...hello, name: undefined }, "name", /missing: short name of the site.*name: "shop"/],
    ["no port", withService({ port: undefined }), "app.hello.port", /missing.*port: 3000/],
    ["misspelt key", withService({ helth: "/" }), "app.hello.helth", /^unknown key\. Did you mean "health"\?$/],
    ["key in capitals", { ...hello, WEB: {} }, "WEB", /Did you mean "web"\?/],
    ["key of another group", { ...hello, bufferPoolMiB: 64 }, "bufferPoolMiB", /It belongs in database\./],
    ["key of nobody", { ...hello, kubernetes: {} }, "kubernetes", /Keys here are name, domain/],
    ["key of the prototype", JSON.parse('{"__proto__": {}, "constructor": 1}'), "constructor", /unknown key/],
    [
      "text for a number",
      { ...hello, web: { hosts: "two" } },
      "web.hosts",
      /hosts is "two", a text; it must be a whole number from 1 to 250\. Write for example {2}hosts: 2/,
    ],
    ["no hosts", { ...hello, web: { hosts: 0 } }, "web.hosts", /hosts is 0; it must be a whole number from 1 to 250/],
    ["no app hosts", withService({ hosts: 0 }), "app.hello.hosts", /from 1 to 250/],
    ["half a host", { ...hello, web: { hosts: 1.5 } }, "web.hosts", /hosts is 1\.5/],
    ["three balancers", { ...hello, balancer: { hosts: 3 } }, "balancer.hosts", /from 1 to 2/],
    ["three monitors", { ...hello, monitor: { hosts: 3 } }, "monitor.hosts", /from 1 to 2/],
    ["a text for a group", { ...hello, web: "two" }, "web", /it must be a group of keys/],
    ["an empty YAML key", { ...hello, database: null }, "database", /database is empty.*database: \{\}/],
    ["a list of services", { ...hello, app: [service] }, "app", /one for each name/],
    ["a text for yes", withService({ database: "yes" }), "app.hello.database", /true or false/],
    ["nothing to serve", { ...hello, app: {} }, "app", /nothing to serve/],
    [
      "two services on one route",
      two({}, { routes: ["/two", "/"] }),
      "app.two.routes[1]",
      /also a route of service "one"/,
    ],
    [
      "the same route, written otherwise",
      two({ routes: ["/a"] }, { routes: [{ host: "www.hello.example", path: "/a/" }] }),
      "app.two.routes[0]",
      /"\/a" is also/,
    ],
    ["one route twice", withService({ routes: ["/", "/"] }), "app.hello.routes[1]", /twice/],
    [
      "several services, one without routes",
      two({}, { routes: undefined }),
      "app.two.routes",
      /nothing says which requests "two" answers.*routes: \["\/two"\]/,
    ],
    ["a route without slash", withService({ routes: ["api"] }), "app.hello.routes[0]", /Write "\/api"/],
    [
      "a route with a scheme",
      withService({ routes: ["https://api.hello.example"] }),
      "app.hello.routes[0]",
      /no scheme.*"api\.hello\.example\/"/,
    ],
    ["a route that would break nginx", withService({ routes: ["/a b{"] }), "app.hello.routes[0]", /characters/],
    ["a route with dots", withService({ routes: ["/a/../b"] }), "app.hello.routes[0]", /never match/],
    [
      "a route on an alias",
      { ...withService({ routes: ["hello.example/x"] }), aliases: ["hello.example"] },
      "app.hello.routes[0]",
      /redirected to www\.hello\.example/,
    ],
    ["a route on an address", withService({ routes: ["10.0.0.1/x"] }), "app.hello.routes[0]", /is an address/],
    [
      "a misspelt key of a route",
      withService({ routes: [{ pth: "/" }] }),
      "app.hello.routes[0].pth",
      /Did you mean "path"\?/,
    ],
    ["a number for a route", withService({ routes: [7] }), "app.hello.routes[0]", /entry 1 is 7; it must be a path/],
    ["health without slash", withService({ health: "healthz" }), "app.hello.health", /starts with "\/"/],
    ["metrics everywhere", withService({ metrics: "/" }), "app.hello.metrics", /hide the whole service/],
    ["SSH's port", withService({ port: 22 }), "app.hello.port", /it is SSH/],
    ["the database's port", withService({ port: 3306 }), "app.hello.port", /database/],
    ["a port of the exporters", withService({ port: 9100 }), "app.hello.port", /9100 to 9199/],
    ["a port for root", withService({ port: 25 }), "app.hello.port", /without root's rights/],
    ["a port too great", withService({ port: 70000 }), "app.hello.port", /from 1 to 65,535/],
    [
      "equal lab ports",
      { ...hello, environments: { lab: { httpsPort: 8080 } } },
      "environments.lab.httpsPort",
      /8080 would be used twice/,
    ],
    [
      "a missing folder",
      withService({ source: "./nowhere" }),
      "app.hello.source",
      /no folder "\.\/nowhere" beside rampart\.config\.ts/,
    ],
    ["a file for a folder", withService({ source: "./server.js" }), "app.hello.source", /is a file/],
    ["a folder of one machine", withService({ source: "/srv/app" }), "app.hello.source", /one machine only/],
    ["missing static files", { ...hello, web: { files: "./pub" } }, "web.files", /no folder "\.\/pub"/],
    [
      "a web address",
      { ...hello, domain: "https://www.hello.example/" },
      "domain",
      /no scheme or path\. Write "www\.hello\.example"/,
    ],
    ["a domain with a port", { ...hello, domain: "hello.example:8443" }, "domain", /Write "hello\.example"/],
    ["an address", { ...hello, domain: "192.0.2.1" }, "domain", /is an address/],
    ["an underscore", { ...hello, domain: "my_shop.example" }, "domain", /RFC 1123.*"my_shop"/],
    ["a label too long", { ...hello, domain: `${"a".repeat(64)}.example` }, "domain", /RFC 1123/],
    ["a dot at the end", { ...hello, domain: "hello.example." }, "domain", /Write "hello\.example"/],
    ["capitals", { ...hello, domain: "Hello.Example" }, "domain", /Write "hello\.example"/],
    ["umlauts", { ...hello, domain: "müller.example" }, "domain", /xn--/],
    ["a wildcard", { ...hello, domain: "*.hello.example" }, "domain", /many names/],
    ["a name inside", { ...hello, domain: "web1.hello.internal" }, "domain", /inside the site/],
    ["alias = domain", { ...hello, aliases: ["www.hello.example"] }, "aliases[0]", /circles/],
    ["alias twice", { ...hello, aliases: ["a.example", "a.example"] }, "aliases[1]", /twice/],
    ["alias no domain", { ...hello, aliases: ["a.example", "a b"] }, "aliases[1]", /RFC 1123/],
    ["site name", { ...hello, name: "My Shop" }, "name", /small letters/],
    ["long site name", { ...hello, name: "a-very-long-name-for-a-shop" }, "name", /27 characters/],
    ["service name", { ...hello, app: { Shop_1: service } }, "app.Shop_1", /small letters/],
    ["a tier's name", { ...hello, app: { web: service } }, "app.web", /cannot be called "web".*"web-app"/],
    ["a host's name", { ...hello, app: { db2: service } }, "app.db2", /db21 and db22/],
    [
      "names that may clash",
      { ...hello, app: { shop: { ...service, routes: ["/"] }, shop1: { ...service, routes: ["/b"] } } },
      "app.shop1",
      /of service "shop"/,
    ],
    [
      "2 database hosts",
      { ...hello, database: { hosts: 2 } },
      "database.hosts",
      /^2 hosts cannot keep the no-loss promise: after one is lost nobody can tell whether the other has every acknowledged write\. Use 3 hosts\. Or a Galera cluster.*arbiter: "monitor"\.$/,
    ],
    [
      "1 database host",
      { ...hello, database: { hosts: 1 } },
      "database.hosts",
      /1 host cannot keep the no-loss promise/,
    ],
    ["another promise", { ...hello, database: { promise: "best-effort" } }, "database.promise", /not in this version/],
    ["a misspelt promise", { ...hello, database: { promise: "noloss" } }, "database.promise", /"no-loss" or/],
    [
      "Galera without a word on backups",
      { ...hello, database: { mode: "galera" } },
      "database.backup.store",
      /no backups of the site.*Say that you know: backup: \{ store: "none" \}/,
    ],
    ["Galera with a promise", { ...hello, database: { ...galera, promise: "no-loss" } }, "database.promise", /neither/],
    [
      "Galera on one host",
      { ...hello, database: { ...galera, hosts: 1 } },
      "database.hosts",
      /no cluster.*Use 3 hosts, or 2 and an arbiter/,
    ],
    [
      "Galera on two hosts",
      { ...hello, database: { ...galera, hosts: 2 } },
      "database.hosts",
      /2 members cannot tell.*Use 3 hosts, or let the monitor host vote: arbiter: "monitor"/,
    ],
    [
      "Galera on three hosts and an arbiter",
      { ...hello, database: { ...galera, hosts: 3, arbiter: "monitor" } },
      "database.arbiter",
      /4 votes/,
    ],
    ["Galera on four hosts", { ...hello, database: { ...galera, hosts: 4 } }, "database.hosts", /Use 3 or 5 hosts/],
    [
      "an arbiter for a primary",
      { ...hello, database: { arbiter: "monitor" } },
      "database.arbiter",
      /has no arbiter.*mode: "galera"/,
    ],
    ["ACME without an address", { ...hello, tls: { certificate: "acme" } }, "tls.email", /authority writes there/],
    [
      "an address that is none",
      { ...hello, tls: { certificate: "acme", email: "ops" } },
      "tls.email",
      /an e-mail address/,
    ],
    [
      "half a certificate",
      { ...hello, tls: { certificate: { certificate: "./server.js" } } },
      "tls.certificate.key",
      /is missing/,
    ],
    [
      "a certificate that is not there",
      { ...hello, tls: { certificate: { certificate: "./www.crt", key: "./server.js" } } },
      "tls.certificate.certificate",
      /there is no file "\.\/www\.crt"/,
    ],
    [
      "a limit that is no rate",
      { ...hello, limits: { requests: "fast" } },
      "limits.requests",
      /a rate such as "200\/s"/,
    ],
    ["a ban that is too long", { ...hello, limits: { ban: "60d" } }, "limits.ban", /up to 14d/],
    ["a number for a certificate", { ...hello, tls: { certificate: 1 } }, "tls.certificate", /must be "own"/],
    [
      "an ACME address",
      { ...hello, tls: { email: "ops@hello.example" } },
      "tls.email",
      /belongs to certificate: "acme"/,
    ],
    ["a WAF of another kind", { ...hello, web: { waf: "on" } }, "web.waf", /"off" or "watch" or "block"/],
    [
      "a WAF exception without a reason",
      withException({ why: undefined }),
      "web.wafExceptions[0].why",
      /^is missing: why it is no attack/,
    ],
    [
      "an exception that switches the WAF off",
      withException({ rule: "942000-949999" }),
      "web.wafExceptions[0].rule",
      /949110.*"watch"/,
    ],
    ["a rule that does not exist", withException({ rule: 12 }), "web.wafExceptions[0].rule", /no rule of the set/],
    [
      "a range that is turned round",
      withException({ rule: "942199-942100" }),
      "web.wafExceptions[0].rule",
      /"942100-942199"/,
    ],
    [
      "a range in one parameter",
      withException({ rule: "942100-942199", parameter: "q" }),
      "web.wafExceptions[0].parameter",
      /one rule at a time/,
    ],
    [
      "a parameter with a quote",
      withException({ parameter: "a'b" }),
      "web.wafExceptions[0].parameter",
      /the name of a parameter/,
    ],
    [
      "no admin",
      { ...hello, firewall: { admin: [] } },
      "firewall.admin",
      /^empty: nobody could reach the hosts after the rules are loaded\. Name your network or VPN/,
    ],
    ["bad admin network", { ...hello, firewall: { admin: ["192.0.2.0/33"] } }, "firewall.admin[0]", /no IPv4 network/],
    [
      "admin network by host",
      { ...hello, firewall: { admin: ["192.0.2.7/24"] } },
      "firewall.admin[0]",
      /192\.0\.2\.0\/24/,
    ],
    ["IPv6 admin", { ...hello, firewall: { admin: ["2001:db8::/32"] } }, "firewall.admin[0]", /IPv6/],
    [
      "a number in env",
      withService({ env: { LIMIT: 5 } }),
      "app.hello.env.LIMIT",
      /LIMIT is a number; it must be a text.*quotes/,
    ],
    ["a bad name in env", withService({ env: { "A-B": "x" } }), "app.hello.env.A-B", /environment variable/],
    ["another PORT", withService({ env: { PORT: "4000" } }), "app.hello.env.PORT", /differs from 3000/],
    [
      "DATABASE_URL",
      withService({ database: true, env: { DATABASE_URL: "x" } }),
      "app.hello.env.DATABASE_URL",
      /set by Rampart/,
    ],
    ["another HOST", withService({ env: { HOST: "0.0.0.0" } }), "app.hello.env.HOST", /differs from 127\.0\.0\.1/],
    ["a random PORT", withService({ secrets: ["PORT"] }), "app.hello.secrets[0]", /set by Rampart for every service/],
    ["a bad secret name", withService({ secrets: ["session-key"] }), "app.hello.secrets[0]", /capital letters/],
    [
      "a secret in env too",
      withService({ secrets: ["KEY"], env: { KEY: "x" } }),
      "app.hello.secrets[0]",
      /also in env/,
    ],
    ["a secret twice", withService({ secrets: ["KEY", "KEY"] }), "app.hello.secrets[1]", /twice/],
    ["two lines of start", withService({ start: "node a.js\nUser=root" }), "app.hello.start", /on one line/],
    ["an option as a package", withService({ packages: ["--force-yes"] }), "app.hello.packages[0]", /Debian package/],
    [
      "a bad webhook",
      { ...hello, monitor: { alerts: { webhook: "hooks.example" } } },
      "monitor.alerts.webhook",
      /webhook is a text; it must be a web address/,
    ],
    [
      "production",
      { ...hello, environments: { production: {} } },
      "environments.production",
      /comes with a later version: this version runs the lab/,
    ],
    ["a misspelt lab", { ...hello, environments: { labs: {} } }, "environments.labs", /Did you mean "lab"\?/],
    ["unknown --env", hello, "--env", /no environment "staging"/, "staging"],
  ];

for (const [what, raw, path, words, environment] of badInputs) {
  test(`bad input: ${what}`, () => {
    const problems = siteProblems(raw, { ...facts, environment });
    const found = problems.filter((problem) => problem.path === path);
    expect(found, JSON.stringify(problems, null, 1)).toHaveLength(1);
    expect(`${found[0]?.reason} ${found[0]?.remedy}`).toMatch(words);
  });
}

test("all problems come at once, in the order of the reference, none twice", () => {
  const problems = siteProblems(
    {
      name: "shop",
      domain: "www.shop.example",
      database: { hosts: 2 },
      app: { shop: { source: "./nowhere", strat: "node server.js", port: "x", helth: "/", routes: "/" } },
      web: { hosts: 0 },
      firewall: { admin: [] },
    },
    facts,
  );
  expect(problems.map(({ path }) => path)).toEqual([
    "web.hosts",
    "app.shop.strat",
    "app.shop.helth",
    "app.shop.port",
    "app.shop.routes",
    "app.shop.source",
    "database.hosts",
    "firewall.admin",
  ]);
});

test("a value that may be private is not shown", () => {
  const secret = "s3cret-value";
  const problems = siteProblems(
    { ...withService({ env: { PASSWORD: `${secret}\n`, PORT: secret } }), monitor: { alerts: { webhook: secret } } },
    facts,
  );
  expect(problems).toHaveLength(3);
  expect(JSON.stringify(problems)).not.toContain(secret);
});

test("services on hosts of their own may use the same port, and one may have no visitors", () => {
  expect(siteProblems(two({}, { routes: [] }), facts)).toEqual([]);
});

test("arbitrary values never throw and always give problems with all three parts", () => {
  const anything = fc.jsonValue({ maxDepth: 4 });
  const keys = [
    "name",
    "domain",
    "aliases",
    "tls",
    "balancer",
    "web",
    "app",
    "database",
    "monitor",
    "firewall",
    "environments",
  ];
  const nearly = fc.dictionary(fc.constantFrom(...keys, "other"), anything);
  const services = fc.record({
    name: fc.string(),
    domain: fc.string(),
    aliases: fc.array(fc.oneof(fc.string(), anything)),
    app: fc.dictionary(
      fc.string(),
      fc.record(
        {
          source: fc.oneof(fc.string(), anything),
          port: fc.oneof(fc.integer(), anything),
          routes: fc.oneof(fc.array(fc.oneof(fc.string(), fc.webPath(), anything)), anything),
          env: fc.oneof(fc.dictionary(fc.string(), fc.string()), anything),
          secrets: fc.oneof(fc.array(fc.string()), anything),
          database: fc.boolean(),
        },
        { requiredKeys: [] },
      ),
    ),
    firewall: fc.record({ admin: fc.array(fc.string()) }),
  });
  fc.assert(
    fc.property(fc.oneof(anything, nearly, services), (raw) => {
      const result = resolveSite(raw, facts);
      if (result.ok) return;
      expect(result.problems.length).toBeGreaterThan(0);
      for (const { path, reason, remedy } of result.problems) {
        expect([typeof path, reason.length > 0, remedy.length > 0]).toEqual(["string", true, true]);
      }
    }),
    { numRuns: 500 },
  );
});

const blocking: Facts = {
  ...facts,
  today: "2026-11-20",
  fileText: (file) =>
    file === "./blocked.txt" ? "# bad\n203.0.113.7\n\n198.51.100.0/24 # all of them\n10.77.2.1\nfoo\n" : undefined,
};

test("block lists: networks and files, each fault with its line, never hosts of the site and operators", () => {
  const firewall = { admin: ["192.0.2.0/24"], block: ["203.0.113.0/24", "./blocked.txt", "./gone.txt", "192.0.2.9"] };
  const paths = siteProblems({ ...hello, firewall }, blocking).map(({ path }) => path);
  expect(paths).toEqual(["firewall.block[2]", "firewall.block[3]", "./blocked.txt:5", "./blocked.txt:6"]);
  const fine = { ...blocking, fileText: () => "203.0.113.7\n" };
  const result = resolveSite({ ...hello, firewall: { block: ["198.51.100.0/25", "./blocked.txt"] } }, fine);
  expect(result.ok && result.site.firewall.block).toEqual(["198.51.100.0/25", "203.0.113.7"]);
});

test("outside access has sources, a service that there is, and an end that has not passed", () => {
  const extra = (entry: object) => ({ from: ["192.0.2.7"], to: "hello", until: "2026-12-31", why: "reads", ...entry });
  const faults = (entry: object) =>
    siteProblems({ ...hello, firewall: { extra: [extra(entry)] } }, blocking).map(({ path }) => path);
  expect(faults({})).toEqual([]);
  expect(faults({ until: "2026-11-20" })).toEqual([]);
  expect(faults({ until: "2026-11-19" })).toEqual(["firewall.extra[0].until"]);
  expect(faults({ until: "2026-02-30" })).toEqual(["firewall.extra[0].until"]);
  expect(faults({ to: "database" })).toEqual(["firewall.extra[0].to"]);
  expect(faults({ from: [] })).toEqual(["firewall.extra[0].from"]);
  expect(faults({ from: ["0.0.0.0/0", "x"] })).toEqual(["firewall.extra[0].from[0]", "firewall.extra[0].from[1]"]);
  expect(faults({ why: undefined })).toEqual(["firewall.extra[0].why"]);
});

test("regions and their visit: everything that cannot be is told at once", () => {
  const app = { hello: { source: "./app", start: "node server.js", port: 3000, secrets: ["VISIT_PASSWORD"] } };
  const good = {
    regions: ["eu", "us"],
    visit: [
      { step: "form", get: "/login", take: { token: 'value="([^"]+)"' } },
      {
        ...{ step: "log in", post: "/login", status: 303 },
        form: { token: "${token}", password: { secret: "hello.VISIT_PASSWORD" } },
      },
    ],
  };
  expect(siteProblems({ ...hello, app, monitor: good }, facts)).toEqual([]);
  const bad = {
    regions: ["eu", "eu", "New York"],
    visit: [
      { step: "form", get: "/login", take: { token: "value" } },
      { step: "form", get: "/a", post: "/b" },
      { step: "log in", get: "/login", form: { a: "${nothing}", b: { secret: "hello.OTHER" } } },
    ],
  };
  expect(siteProblems({ ...hello, app, monitor: bad }, facts).map(({ path }) => path)).toEqual([
    "monitor.regions[1]",
    "monitor.regions[2]",
    "monitor.visit[0].take.token",
    "monitor.visit[1].step",
    "monitor.visit[1]",
    "monitor.visit[2].form",
    "monitor.visit[2].form.a",
    "monitor.visit[2].form.b",
  ]);
  expect(siteProblems({ ...hello, monitor: { visit: [{ step: "a", get: "/" }] } }, facts)).toMatchObject([
    { path: "monitor.visit" },
  ]);
});
