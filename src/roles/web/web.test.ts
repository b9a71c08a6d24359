import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import type { AppService, Site } from "../../model/site.ts";
import { siteTopology } from "../../topology/topology.ts";
import { webHaproxy } from "./haproxy.ts";
import { webNginx } from "./nginx.ts";
import { wafRules } from "./waf-rules.ts";
import { web } from "./web.ts";

function rendered(site: Site) {
  const topology = siteTopology(site, [web]);
  const host = topology.hosts.find((one) => one.name === "web1");
  if (host === undefined) throw new Error("no web1");
  return { nginx: webNginx(host, topology), haproxy: webHaproxy(host, topology) };
}

function withRoutes(change: (service: AppService) => Partial<AppService>): Site {
  return { ...shopSite, app: shopSite.app.map((service) => ({ ...service, ...change(service) })) };
}

/** The lines that choose a service, as a visitor's request would meet them. */
function serviceOf(nginx: string, key: string): string {
  const block = /map [^\n]* \$service \{\n([^}]*)\}/.exec(nginx.replace(/\{(\d),?\}/g, ""))?.[1] ?? "";
  for (const line of block.split("\n")) {
    const [, insensitive, pattern, service] = /^\s*"?~(\*?)(.*?)"? (\S+);$/.exec(line) ?? [];
    if (pattern && new RegExp(pattern.replaceAll("\\\\", "\\"), insensitive ? "i" : "").test(key)) {
      return service === '""' ? "" : (service ?? "");
    }
  }
  return "";
}

test("the longest path wins, a path ends at a slash, and metrics are hidden in any spelling", () => {
  const { nginx } = rendered(shopSite);
  expect(serviceOf(nginx, "/")).toBe("shop");
  expect(serviceOf(nginx, "/api/recommendations")).toBe("recommendations");
  expect(serviceOf(nginx, "/api/recommendations/3")).toBe("recommendations");
  expect(serviceOf(nginx, "/api/recommendationsx")).toBe("shop");
  for (const path of ["/metrics", "/Metrics", "/metrics/"]) expect(serviceOf(nginx, path)).toBe("");
  expect(serviceOf(nginx, "/metrics.html")).toBe("shop");
});

test("a service with a name of its own is reached by that name only, and its metrics are hidden there too", () => {
  const site = withRoutes((service) =>
    service.name === "recommendations" ? { routes: [{ host: "api.shop.example", path: "/" }] } : {},
  );
  const { nginx } = rendered(site);
  expect(serviceOf(nginx, "api.shop.example/x")).toBe("recommendations");
  expect(serviceOf(nginx, "api.shop.example/metrics")).toBe("");
  expect(serviceOf(nginx, "/x")).toBe("shop");
  expect(nginx).toContain("root $files;");
});

test("a site of files only asks no service, and one of services only looks for no file", () => {
  const files = rendered({ ...shopSite, app: [], database: undefined });
  expect(files.nginx).not.toContain("proxy_pass");
  expect(files.haproxy).not.toContain("frontend services");
  const services = rendered({ ...shopSite, web: { ...shopSite.web, files: undefined } });
  expect(services.nginx).not.toContain("try_files $uri");
  expect(services.nginx).not.toContain("/srv/public");
});

test("every service has its hosts for both kinds of methods", () => {
  const { haproxy } = rendered(shopSite);
  for (const name of ["app_shop", "app_shop_once", "app_recommendations", "app_recommendations_once"]) {
    expect(haproxy).toContain(`backend ${name} from http\n`);
  }
});

test("where TLS is opened here, with a certificate of another CA, health and the local name stay with the site's own", () => {
  const given = { kind: "files", certificate: "./www.crt", key: "./www.key" } as const;
  const { nginx } = rendered({ ...shopSite, tls: { certificate: given, terminate: "web" } });
  const certificates = nginx
    .split("  server {")
    .map((server) => [/server_name ([^;]*);/.exec(server)?.[1], /ssl_certificate ([^;]*);/.exec(server)?.[1]]);
  expect(certificates.filter(([, file]) => file !== undefined)).toEqual([
    [undefined, "/etc/nginx/tls/given.pem"],
    ["web.shop.internal", "/etc/nginx/tls/web.crt"],
    ["www.shop.localhost", "/etc/nginx/tls/local.pem"],
  ]);
  const acme = { kind: "acme", email: "ops@shop.example", directory: "https://acme.example/" } as const;
  const flows = web.flows({ ...shopSite, tls: { certificate: acme, terminate: "web" } }).map(({ to }) => to);
  expect(flows).toContain("monitor.issuer");
  expect(
    web.flows({ ...shopSite, tls: { certificate: acme, terminate: "balancer" } }).map(({ to }) => to),
  ).not.toContain("monitor.issuer");
});

const guarded = (web: Partial<Site["web"]>, terminate: "balancer" | "web" = "balancer"): Site => ({
  ...shopSite,
  tls: { ...shopSite.tls, terminate },
  web: { ...shopSite.web, ...web },
});

test("without a WAF nothing of it is on the host", () => {
  const topology = siteTopology(shopSite, [web]);
  const host = topology.hosts.find((one) => one.name === "web1");
  expect(JSON.stringify(host && web.resources(host, topology))).not.toMatch(/modsec|waf/i);
});

test("the WAF looks at everything but health questions, in both TLS modes", () => {
  for (const terminate of ["balancer", "web"] as const) {
    const { nginx } = rendered(guarded({ waf: "block" }, terminate));
    expect(nginx).toContain("modsecurity_rules_file /etc/nginx/waf.conf;");
    const asked = nginx.split("  server {").find((server) => server.includes("location = /.rampart/ping")) ?? "";
    if (terminate === "web") expect(asked).not.toContain("modsecurity");
    else expect(asked).toMatch(/location = \/\.rampart\/ping \{\s+modsecurity off;/);
    expect(nginx).toContain(
      `modsecurity_transaction_id ${terminate === "web" ? "$request_id" : "$http_x_request_id"};`,
    );
    expect(nginx.split("error_page 403 @refused").length).toBe(nginx.split("error_page 404 /.rampart/404").length);
  }
  expect(rendered(guarded({ waf: "watch" })).nginx).not.toContain("@refused");
});

test("exceptions are asked before the rules, at the path as services read it", () => {
  const exception = { first: 942100, last: 942100, path: undefined, parameter: undefined, why: "quotes" };
  const rules = wafRules(
    guarded({
      waf: "watch",
      wafExceptions: [
        { ...exception, last: 942199, path: "/a.b/" },
        { ...exception, path: "/search", parameter: "q" },
        { ...exception, parameter: "cookie:theme" },
      ],
    }),
    "header",
  );
  expect(rules).toContain("SecRuleEngine DetectionOnly");
  expect(rules).toContain('"@rx ^/a\\.b(?:/|$)" "id:10001,');
  expect(rules).toContain('t:normalizePath,ctl:ruleRemoveById=942100-942199"');
  expect(rules).toContain('ctl:ruleRemoveTargetById=942100;ARGS:q"');
  expect(rules).toContain(
    'SecAction "id:10003,phase:1,pass,nolog,t:none,ctl:ruleRemoveTargetById=942100;REQUEST_COOKIES:theme"',
  );
  expect(rules.indexOf("id:10003")).toBeLessThan(rules.indexOf("Include"));
});
