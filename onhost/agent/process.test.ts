import { expect, test } from "vitest";
import { parseUnit } from "./process.ts";

const show = (active: string, code: string, status: string, job = "") =>
  `ExecMainCode=${code}\nExecMainStatus=${status}\nMainPID=77\nActiveState=${active}\nJob=${job}\n`;

test.each([
  ["runs", show("active", "0", "0"), true, "alive", false],
  ["killed, and systemd has not noticed", show("active", "0", "0"), false, "alive", false],
  ["killed", show("failed", "2", "9"), false, "stopped", false],
  ["ended in order", show("inactive", "1", "0"), false, "stopped", false],
  ["refused to start", show("failed", "1", "1"), false, "stopped", true],
  ["is asked to start", show("inactive", "0", "0", "812"), false, "starting", false],
  ["recovers", show("activating", "0", "0", "812"), true, "starting", false],
  ["ends", show("deactivating", "0", "0"), true, "stopping", false],
])("MariaDB as systemd sees it: it %s", (_, text, lives, state, refused) => {
  expect(parseUnit(text, () => lives)).toEqual({ state, refused, alive: lives });
});
