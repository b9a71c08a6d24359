import { expect, test } from "vitest";
import type { Event } from "../model/event.ts";
import { growingPlan } from "./fixture.ts";
import { progressReporter } from "./progress.ts";
import { plainStyle } from "./style.ts";

const story: readonly Event[] = [
  { type: "lab.tools.started", packages: ["mmdebstrap", "nftables"] },
  { type: "lab.tools.done", packages: ["mmdebstrap", "nftables"] },
  { type: "lab.image.started", digest: "abc", suite: "trixie" },
  { type: "lab.image.done", digest: "abc", packages: 214 },
  { type: "build.service.started", service: "shop" },
  { type: "build.service.started", service: "recommendations" },
  { type: "build.service.done", service: "shop", durationMs: 10, cached: false },
  { type: "build.service.done", service: "recommendations", durationMs: 1, cached: true },
  ...["web1", "web2"].map((host) => ({ type: "lab.host.started", host })),
  ...["web1", "web2"].map((host) => ({ type: "lab.host.ready", host })),
  { type: "plan.host.observed", host: "web1" },
  { type: "plan.made", plan: growingPlan },
  { type: "apply.stage.started", title: "open doors", hosts: ["db1", "db2", "db3"] },
  { type: "apply.change.started", host: "db1", id: "firewall:/etc/nftables.conf" },
  { type: "apply.change.done", host: "db1", id: "firewall:/etc/nftables.conf" },
  { type: "apply.stage.done", title: "open doors" },
  { type: "verify.started", checks: 57 },
  { type: "verify.check.done", id: "web.pages", host: "web1", ok: true },
  { type: "verify.done", checks: 57, failed: 1 },
  { type: "something.else" },
];

test("without a terminal: one line for each task that has ended, one for each that has not", () => {
  const lines: string[] = [];
  const reporter = progressReporter({ write: (text) => lines.push(text) }, { live: false, style: plainStyle });
  for (const event of story) reporter.emit(event);
  reporter.emit({ type: "apply.stage.started", title: "change web1", hosts: ["web1"] });
  reporter.stop();
  const timeless = lines.join("").replace(/ +\d+ ms$/gm, "  TIME");
  expect(timeless).toMatchInlineSnapshot(`
    "  ✔ tools                   mmdebstrap and nftables installed  TIME
      ✔ host image              214 packages, kept for next time  TIME
      ✔ build                   shop  TIME
      ✔ hosts                   2 started  TIME
      ✔ plan                    12 hosts, 35 changes  TIME
      ✔ open doors              3 changes  TIME
      ✖ verify                  57 checks, 1 do not hold  TIME
      ✖ change web1             not finished: 0 of 2 changes  TIME
    "
  `);
});

test("on a terminal: the cursor comes back, every line ends where the next begins, and no line wraps", () => {
  let written = "";
  const stream = { isTTY: true, columns: 50, write: (text: string) => (written += text) };
  const reporter = progressReporter(stream, { live: true, style: { width: 50, color: false } });
  for (const event of story) reporter.emit(event);
  reporter.stop();
  expect(written.startsWith("\u001b[?25l")).toBe(true);
  expect(written.endsWith("\u001b[?25h")).toBe(true);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is looked at
  const visible = written.replace(/\u001b\[[?0-9]*[A-Za-z]/g, "").split(/[\r\n]/);
  for (const line of visible) expect(line.length).toBeLessThanOrEqual(50);
});
