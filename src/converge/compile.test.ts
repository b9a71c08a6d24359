import { expect, test } from "vitest";
import type { Change, Step } from "../model/plan.ts";
import { applyScript } from "./compile.ts";

const generation = { number: 1, digest: "", at: "", by: "", owned: [] };

/** What the script does to units, without what stands before it. */
function linesOf(...steps: readonly Extract<Step, { kind: "unit" }>[]): readonly string[] {
  const changes = steps.map((step) => {
    const origin = { role: "base", path: "", why: "A test." } as const;
    const change: Change = {
      ...{ host: "db1", id: `unit:${step.name}`, verb: "update", reason: "", effect: "restart", origin },
      steps: [step],
    };
    return { change, steps: [step] };
  });
  const lines = applyScript(changes, { intent: generation, done: undefined }).split("\n");
  return lines.slice(lines.lastIndexOf("GENERATION"));
}

test("a unit that another program owns is disabled, and restarted by asking once its owner has its own new files", () => {
  const owner = { kind: "unit", name: "agent.service", deed: "restart", inputs: ["/a"] } as const;
  const owned = { kind: "unit", name: "mariadb.service", deed: "restart", owner: "ask it", inputs: ["/b"] } as const;
  const lines = linesOf(owned, owner);
  expect(lines).toContain("try systemctl disable --quiet --no-reload mariadb.service || true");
  expect(lines).toContain("try systemctl enable --quiet --no-reload agent.service || fail 0");
  expect(lines.filter((line) => /^(bring|ask_owner|settle) /.test(line))).toEqual([
    "bring restart agent.service",
    "ask_owner mariadb.service 'ask it'",
    "settle owned 0 mariadb.service /b",
    "settle restart 1 agent.service /a",
  ]);
});

test("an owned unit that its package has just started is ended; one that is down is not reloaded", () => {
  const owned = { kind: "unit", name: "mariadb.service", owner: "ask it", inputs: [] } as const;
  expect(linesOf({ ...owned, deed: "stop" })).toContain("try systemctl stop mariadb.service || true");
  expect(linesOf({ ...owned, deed: "reload" })).toContain(
    "! systemctl is-active -q mariadb.service || reload mariadb.service",
  );
});
