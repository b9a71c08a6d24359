import { execFileSync, spawn } from "node:child_process";
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import type { WafFinding } from "../../model/waf.ts";
import { wafLog } from "./facts.ts";
import { wafReader } from "./waf-reader.ts";

// The program itself, on this machine, on a log as ModSecurity 3.0.14 writes it.

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const hasJq = (() => {
  try {
    execFileSync("jq", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

function entry(rule: string, data: string, engine: string): string {
  const details = { ruleId: rule, data, match: "Matched", severity: "2" };
  return `${JSON.stringify({
    transaction: {
      ...{ client_ip: "192.0.2.7", time_stamp: "Fri Nov 20 19:18:36 2026", unique_id: "a1" },
      request: { method: "GET", uri: "/search?q=secret" },
      response: { http_code: 200 },
      producer: { secrules_engine: engine },
      messages: [
        { message: "SQL \u001b[31m", details },
        { message: "Inbound", details: { ruleId: "949110", data: "", match: "", severity: "2" } },
      ],
    },
  })}\n`;
}

/** What it prints for these logs, one after the other, and the figures that it leaves. */
async function read(logs: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "rampart-waf-"));
  folders.push(folder);
  const program = join(folder, "waf");
  const text = wafReader("test")
    .replace(wafLog, join(folder, "findings.json"))
    .replace(/^metrics=.*$/m, `metrics=${join(folder, "metrics")}`)
    .replace("sleep 5", "sleep 0.2");
  writeFileSync(program, text);
  chmodSync(program, 0o755);
  const child = spawn(program, {
    env: { ...process.env, TZ: "UTC", STATE_DIRECTORY: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  child.stdout.on("data", (chunk) => (printed += chunk));
  const lines = () => printed.split("\n").filter((line) => line !== "");
  for (const [index, log] of logs.entries()) {
    appendFileSync(join(folder, "findings.json"), log);
    for (let tries = 0; lines().length <= index && tries < 400; tries += 1) await sleep(50);
  }
  await sleep(1000);
  child.kill();
  await new Promise((resolve) => child.on("close", resolve));
  return {
    findings: lines().map((line) => JSON.parse(line) as WafFinding),
    figures: readFileSync(join(folder, "metrics"), "utf8"),
  };
}

test.runIf(hasJq)("findings are listed once, without what matched, and counted", async () => {
  const first = entry("942100", "Matched Data: s&sos found within ARGS:q: secret", "Enabled");
  const half = first.slice(0, 100);
  const { findings, figures } = await read([
    first + half,
    `${first.slice(100)}no JSON\n`,
    entry("942100", "", "DetectionOnly"),
  ]);
  expect(findings).toHaveLength(3);
  expect(findings[0]).toEqual({
    ...{ time: "2026-11-20T19:18:36Z", id: "a1", src: "192.0.2.7", method: "GET", path: "/search", status: 200 },
    action: "blocked",
    rules: [{ rule: 942100, severity: "critical", message: "SQL  [31m", at: "ARGS:q" }],
  });
  expect(JSON.stringify(findings)).not.toContain("secret");
  expect(figures).toContain('rampart_waf_findings_total{rule="942100",severity="critical",action="blocked"} 2\n');
  expect(figures).toContain('rampart_waf_requests_total{action="would-block"} 1\n');
  expect(figures).toContain('rampart_waf_requests_total{action="noted"} 0\n');
});
