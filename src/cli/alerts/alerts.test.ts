import { expect, test } from "vitest";
import { rulesText, silencesText } from "../../report/alerts.ts";
import { standingsOf } from "./rules.ts";
import { silencesIn } from "./silences.ts";

const rule = (name: string, state: string, alerts: readonly object[] = []) => ({
  ...{ name, state, labels: { severity: "page" }, annotations: { runbook: `docs/runbooks/${name}.md` }, alerts },
});
const labels = { alertname: "HostDown", host: "web1", severity: "page" };
const down = { labels, annotations: { summary: "web1 is down" }, state: "firing", activeAt: "2026-11-30T06:00:00.5Z" };
const rules = JSON.stringify({
  data: { groups: [{ rules: [rule("SiteDown", "inactive"), rule("HostDown", "firing", [down])] }] },
});
const style = { color: false, width: 80 };

test("rules that fire come first, with what a silence hides", () => {
  const silenced = JSON.stringify([{ labels: { ...labels, site: "shop" } }]);
  expect(standingsOf(rules, silenced)).toMatchObject([
    { name: "HostDown", state: "firing", about: "web1", silenced: true },
    { name: "SiteDown", state: "inactive", since: null, silenced: false },
  ]);
  expect(standingsOf(rules, "")[0]?.silenced).toBe(false);
  expect(() => standingsOf("<html>", "")).toThrow(/no list of rules/);
});

test("alerts in words, at eighty columns", () => {
  const text = rulesText(standingsOf(rules, ""), 2, style);
  expect(text).toContain("1 alert firing, 2 rules are judged");
  expect(text).toContain("HostDown: web1 is down");
  expect(text).toContain("rampart alerts HostDown");
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
});

test("silences in words", () => {
  const matchers = [
    { name: "host", value: "^(web1|web2)$", isRegex: true, isEqual: true },
    { name: "alertname", value: "^(SiteDown)$", isRegex: true, isEqual: false },
  ];
  const raw = { id: "a-1", comment: "disks", createdBy: "ops@desk", endsAt: "2026-11-30T07:00:00Z", matchers };
  const [silence] = silencesIn(JSON.stringify([raw]));
  expect(silence?.what).toBe("host web1, web2, not alert SiteDown");
  expect(silencesText([], style)).toBe("Nothing is silenced.");
});
