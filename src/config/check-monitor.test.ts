import { expect, test } from "vitest";
import { resolveSite, siteProblems } from "./site.ts";

const facts = {
  ...{ folderExists: () => true, siteFile: "rampart.config.ts" },
  fileExists: (file: string) => !file.includes("missing") && !file.includes("s3cret"),
  fileText: (file: string) => (file === "./users" ? `anna:$6$salt$${"a".repeat(86)}` : "-----BEGIN CERTIFICATE-----"),
};
const email = { to: ["ops@shop.example"], from: "rampart@shop.example", server: "mail.example:587" };
const withMonitor = (monitor: object) => ({
  ...{ name: "hello", domain: "www.hello.example", monitor },
  app: { hello: { source: "./app", start: "node server.js", port: 3000 } },
});
const withMail = (change: object) => withMonitor({ alerts: { email: { ...email, ...change } } });

test("alerts by mail, and objectives", () => {
  const monitor = { alerts: { email }, objectives: { availability: "99.9%", latency: "p95 < 300ms" } };
  const resolved = resolveSite(withMonitor(monitor), facts);
  expect(resolved.ok && resolved.site.monitor).toMatchObject({
    alerts: { email: { to: ["ops@shop.example"], host: "mail.example", port: 587, user: undefined } },
    objectives: { availability: 0.999, latency: { share: 0.95, seconds: 0.3 } },
  });
});

test("measurements and logs that leave the site", () => {
  const url = "https://metrics.example:9443/api/v1/write";
  const remoteWrite = { url, user: "shop", password: "./p" };
  const resolved = resolveSite(withMonitor({ export: { remoteWrite, syslog: { server: "192.0.2.9:6514" } } }), facts);
  expect(resolved.ok && resolved.site.monitor.export).toEqual({
    remoteWrite: { ...remoteWrite, token: undefined, trust: undefined },
    syslog: { host: "192.0.2.9", port: 6514, trust: undefined },
  });
});

const write = (change: object) =>
  withMonitor({ export: { remoteWrite: { url: "https://metrics.example/write", ...change } } });
const syslog = (change: object) => withMonitor({ export: { syslog: { server: "logs.example:6514", ...change } } });
const at = "monitor.export";

const hash = `$6$salt$${"a".repeat(86)}`;
const board = (change: object) =>
  withMonitor({ dashboard: { domain: "ops.hello.example", users: "./users", ...change } });
const users = (text: string) => siteProblems(board({}), { ...facts, fileText: () => text });

test("the dashboard on a name of its own", () => {
  const resolved = resolveSite(board({}), { ...facts, fileText: () => `anna:${hash}\n# a comment\nbert:${hash}\n` });
  expect(resolved.ok && resolved.site.monitor.dashboard).toEqual({
    ...{ domain: "ops.hello.example", localDomain: "ops.hello.localhost", users: "./users" },
  });
});

test.each([
  ["nobody", "\n# nobody\n", /names nobody/],
  ["a password in clear", "anna:s3cret", /^(?!.*s3cret).*line 1 of/s],
  ["a hash that is dear", `anna:$2y$12$${"a".repeat(53)}`, /openssl passwd -6/],
  ["further rounds", `anna:$6$rounds=999999$salt$${"a".repeat(86)}`, /line 1 of/],
  ["one twice", `anna:${hash}\nbert:${hash}\nanna:${hash}`, /"anna" stands in .* twice/],
])("people of the dashboard: %s", (_, text, words) => {
  const problems = users(text);
  expect(problems.map(({ path }) => path)).toEqual(["monitor.dashboard.users"]);
  expect(`${problems[0]?.reason} ${problems[0]?.remedy}`).toMatch(words);
});

const bad: readonly [what: string, raw: object, path: string, words: RegExp][] = [
  ["nobody", withMail({ to: [] }), "monitor.alerts.email.to", /nobody would get them/],
  ["no address", withMail({ to: ["ops"] }), "monitor.alerts.email.to[0]", /e-mail address/],
  ["a server without a port", withMail({ server: "mail.example" }), "monitor.alerts.email.server", /a name and a port/],
  ["port 0", withMail({ server: "mail.example:0" }), "monitor.alerts.email.server", /no such port.*587/],
  ["an account without a password", withMail({ user: "ops" }), "monitor.alerts.email.password", /no password/],
  ["a password without an account", withMail({ password: "./p" }), "monitor.alerts.email.user", /no account/],
  [
    "no file of it",
    withMail({ user: "o", password: "./missing" }),
    "monitor.alerts.email.password",
    /a file of its own/,
  ],
  ["measurements in clear", write({ url: "http://m.example/w" }), `${at}.remoteWrite.url`, /https:\/\//],
  ["a user in the address", write({ url: "https://a:b@m.example/w" }), `${at}.remoteWrite.url`, /without a user/],
  ["no such port", write({ url: "https://m.example:70000/w" }), `${at}.remoteWrite.url`, /no such port/],
  ["an account without a password", write({ user: "a" }), `${at}.remoteWrite.password`, /no password/],
  ["a password without an account", write({ password: "./p" }), `${at}.remoteWrite.user`, /no account/],
  ["both", write({ user: "a", password: "./p", token: "./t" }), `${at}.remoteWrite.token`, /only one/],
  ["no token file", write({ token: "s3cret" }), `${at}.remoteWrite.token`, /^(?!.*s3cret).*names no file/s],
  ["logs without a port", syslog({ server: "logs.example" }), `${at}.syslog.server`, /a name and a port/],
  ["logs to port 0", syslog({ server: "logs.example:0" }), `${at}.syslog.server`, /no such port/],
  ["no authority", syslog({ trust: "./missing" }), `${at}.syslog.trust`, /no file/],
  [
    "nobody to tell",
    withMonitor({ alerts: { dailyReport: "06:00" } }),
    "monitor.alerts.dailyReport",
    /neither a webhook/,
  ],
  [
    "no time",
    withMonitor({ alerts: { webhook: "https://hooks.example/", dailyReport: "6 am" } }),
    "monitor.alerts.dailyReport",
    /such as "06:00"/,
  ],
  [
    "a dashboard at the domain",
    board({ domain: "www.hello.example" }),
    "monitor.dashboard.domain",
    /a name of the site/,
  ],
  ["no name", board({ domain: "https://ops.hello.example/" }), "monitor.dashboard.domain", /no scheme/],
  ["no people", board({ users: "./missing" }), "monitor.dashboard.users", /no file.*openssl passwd -6/s],
  [
    "a dashboard where TLS is passed on",
    { ...board({}), tls: { terminate: "web" } },
    "monitor.dashboard",
    /ask nobody for a password/,
  ],
  ["no file of authorities", withMonitor({ alerts: { trust: "./missing" } }), "monitor.alerts.trust", /no file/],
  ["all of it", withMonitor({ objectives: { availability: "100%" } }), "monitor.objectives.availability", /99\.999%/],
  ["a word", withMonitor({ objectives: { latency: "fast" } }), "monitor.objectives.latency", /p95 < 300ms/],
  ["no bound", withMonitor({ objectives: { latency: "p95 < 250ms" } }), "monitor.objectives.latency", /200ms, 300ms/],
];

test.each(bad)("bad input: %s", (_, raw, path, words) => {
  const problems = siteProblems(raw, facts);
  expect(problems.map((one) => one.path)).toEqual([path]);
  expect(`${problems[0]?.reason} ${problems[0]?.remedy}`).toMatch(words);
});

test("a password that was written where its file belongs is not shown", () => {
  const wrong = [
    withMail({ user: "ops", password: "s3cret-value" }),
    withMail({ user: "ops", password: "s3cret\nvalue" }),
  ];
  for (const raw of wrong) {
    const problems = siteProblems(raw, facts);
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  }
});
