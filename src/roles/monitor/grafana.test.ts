import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { shopSite } from "../../../test/fixture.ts";
import { grafanaJson } from "../../formats/grafana.ts";
import { grafanaDashboards } from "./grafana.ts";
import { watchedTopology } from "./monitor.fixture.ts";

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number };
  readonly targets?: readonly { readonly expr: string; readonly refId: string }[];
}

const dashboards = Object.entries(grafanaDashboards(watchedTopology())).map(([name, dashboard]) => ({
  name,
  json: JSON.parse(grafanaJson(dashboard)) as { uid: string; panels: readonly Panel[]; schemaVersion: number },
}));

test("a site has the dashboards of what it has", () => {
  const names = (site: typeof shopSite) => Object.keys(grafanaDashboards(watchedTopology(site)));
  expect(names(shopSite)).toEqual(["overview.json", "tiers.json", "hosts.json", "database.json"]);
  expect(names({ ...shopSite, app: [], database: undefined })).not.toContain("database.json");
  expect(new Set(dashboards.map(({ json }) => json.uid)).size).toBe(4);
  for (const { json } of dashboards) expect(json.uid.length).toBeLessThanOrEqual(40);
});

test("panels have ids of their own, lie within 24 columns and not over each other", () => {
  for (const { name, json } of dashboards) {
    expect(new Set(json.panels.map(({ id }) => id)).size, name).toBe(json.panels.length);
    const cells = json.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size, name).toBe(cells.length);
    expect(json.panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    for (const { type, targets } of json.panels) expect(type === "row" || (targets?.length ?? 0) > 0).toBe(true);
  }
});

test("Prometheus reads every expression", () => {
  const folder = mkdtempSync(join(tmpdir(), "rampart-grafana-"));
  const exprs = dashboards.flatMap(({ json }) =>
    json.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
  );
  expect(exprs.length).toBeGreaterThan(30);
  const rules = exprs.map((expr, index) => {
    const filled = expr.replaceAll("$__rate_interval", "1m").replaceAll(/\$(host|service)/g, ".*");
    return `{ record: "r${index}", expr: ${JSON.stringify(filled)} }`;
  });
  writeFileSync(join(folder, "rules.yml"), `groups: [{ name: g, rules: [${rules.join(",\n")}] }]\n`);
  expect(execFileSync("promtool", ["check", "rules", join(folder, "rules.yml")], { encoding: "utf8" })).toContain(
    "SUCCESS",
  );
  rmSync(folder, { recursive: true });
});
