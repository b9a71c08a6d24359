import { expect, test } from "vitest";
import { shopSite } from "../../test/fixture.ts";
import { checksText } from "./checks.ts";
import { type ConfigValue, configText } from "./config.ts";
import { fileDiffText } from "./difference.ts";
import { explainListText, explainText } from "./explain.ts";
import { harmless, shortened, table, visibleWidth, wrapped } from "./layout.ts";
import { hostNames } from "./names.ts";
import { plainStyle, styleOf } from "./style.ts";

test("colours: on terminals only, NO_COLOR before FORCE_COLOR", () => {
  const terminal = { isTTY: true, columns: 200 };
  expect(styleOf(terminal, {})).toEqual({ width: 120, color: true });
  expect(styleOf(terminal, { NO_COLOR: "1", FORCE_COLOR: "1" }).color).toBe(false);
  expect(styleOf(terminal, { NO_COLOR: "" }).color).toBe(true);
  expect(styleOf(terminal, { TERM: "dumb" }).color).toBe(false);
  expect(styleOf({ columns: 200 }, {})).toEqual(plainStyle);
  expect(styleOf({}, { FORCE_COLOR: "1" }).color).toBe(true);
});

test("widths are those that are seen", () => {
  expect(visibleWidth("\u001b[31mred\u001b[39m")).toBe(3);
  expect(visibleWidth("日本")).toBe(4);
  expect(shortened("日本語 text", 6)).toBe("日本…");
  expect(
    table([
      ["a", "\u001b[1mbold\u001b[22m", "x"],
      ["long", "b", "y"],
    ]),
  ).toBe("  a     \u001b[1mbold\u001b[22m  x\n  long  b     y");
  expect(wrapped("one two /a/path/that/is/longer", 8)).toEqual(["one two", "/a/path/that/is/longer"]);
  expect(harmless("a\u001b[2Jb\u0007\tc\r\nd\u009b")).toBe("ab  c\nd");
});

test("many hosts become ranges, then a count", () => {
  const web = Array.from({ length: 12 }, (_, n) => `web${n + 1}`);
  expect(hostNames(["db2", "db10", "db1"], 40)).toBe("db1 db2 db10");
  expect(hostNames([...web, "lb1"], 20)).toBe("lb1 web1–web12");
  expect(
    hostNames(
      web.filter((_, n) => n % 2 === 0),
      10,
    ),
  ).toBe("6 hosts");
});

test("checks: what does not hold, with what was found", () => {
  const check = (id: string, host: string, promise: string) => ({ id, host, promise, role: "web" as const });
  const good = { check: check("web.pages", "web1", "web1 serves static files"), ok: true, message: "" };
  const bad = {
    check: check("base.units", "recommendations1", "no service of recommendations1 has failed"),
    ...{ ok: false, message: "failed units: app-recommendations.service" },
  };
  expect(checksText([good], plainStyle)).toBe("✔ 1 check, all hold.");
  expect(checksText([], plainStyle)).toBe("No check was made.");
  expect(checksText([good, bad], { verbose: true, ...plainStyle })).toMatchInlineSnapshot(`
    "  ✔ web1        web1 serves static files
      ✖ recommendations1
                    no service of recommendations1 has failed [base.units]
                    found: failed units: app-recommendations.service

    ✖ 2 checks: 1 does not hold, the others do.

    Look at it:  rampart logs recommendations1"
  `);
});

test("config: every key, its value and where that comes from", () => {
  const values: readonly ConfigValue[] = [
    { path: "name", value: "shop", source: "site file", why: "" },
    { path: "aliases", value: [], source: "default", why: "no other public name is redirected unless you say so" },
    {
      path: "balancer.hosts",
      value: 2,
      source: "default",
      why: "the site stays up when one balancer is lost or restarted",
    },
    { path: "app.shop.routes", value: [{ host: undefined, path: "/" }], source: "site file", why: "" },
    { path: "app.shop.build", value: undefined, source: "default", why: "the source folder is what the hosts get" },
  ];
  const options = { file: "/srv/rampart.config.ts", line: (path: string) => (path === "name" ? 4 : undefined) };
  expect(configText(shopSite, values, options, plainStyle)).toMatchInlineSnapshot(`
    "shop: 2 keys from rampart.config.ts, 3 defaults

      name             "shop"  site file, line 4
      aliases          []
                       default: no other public name is redirected unless you say so

      balancer.hosts   2
                       default: the site stays up when one balancer is lost or
                       restarted

      app.shop.routes  [{ path: "/" }]  site file
      app.shop.build   none  default: the source folder is what the hosts get"
  `);
});

test("explain: one thing, and the list of a host", () => {
  const explanation = {
    ...{ host: "web1", id: "file:/etc/nginx/nginx.conf", what: "a file, 0644 root:root, 1,204 bytes", role: "web" },
    ...{ roleSummary: "serves static files and passes all else on to the services", path: "web.files" },
    why: "nginx serves the static files of the site with their right types, and compressed.",
    place: "rampart.config.ts:12",
    effects: ["nginx.service is reloaded"],
    commands: ["rampart exec web1 -- cat /etc/nginx/nginx.conf"],
  };
  expect(explainText(explanation, plainStyle)).toMatchInlineSnapshot(`
    "web1:/etc/nginx/nginx.conf

      is               a file, 0644 root:root, 1,204 bytes
      wanted by        role web: serves static files and passes all else on to the
                       services
      because          nginx serves the static files of the site with their right
                       types, and compressed.
      follows from     web.files, rampart.config.ts:12
      when it changes  nginx.service is reloaded
      look at it       rampart exec web1 -- cat /etc/nginx/nginx.conf"
  `);
  expect(explainText({ ...explanation, path: "", effects: [] }, plainStyle)).toMatch("the role alone");
  expect(explainListText("web1", [explanation], plainStyle)).toMatchInlineSnapshot(`
    "file
      /etc/nginx/nginx.conf  web

    Why one of them is there:  rampart explain web1:NAME"
  `);
});

test("a difference of files", () => {
  const file = { host: "web1", file: "/etc/hosts" };
  expect(fileDiffText({ ...file, before: "a\nb\n", after: "a\nc\n" }, plainStyle)).toMatchInlineSnapshot(`
    "--- web1:/etc/hosts
    +++ web1:/etc/hosts
    @@ -1,2 +1,2 @@
     a
    -b
    +c"
  `);
  expect(fileDiffText({ ...file, before: "a\n", after: "a\n" }, plainStyle)).toBe("");
  expect(fileDiffText({ ...file, before: undefined, after: "a\n" }, plainStyle)).toMatch(
    /^--- \/dev\/null\n\+\+\+ web1:\/etc\/hosts\n/,
  );
});
