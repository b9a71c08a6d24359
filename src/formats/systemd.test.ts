import { expect, test } from "vitest";
import { systemdAssignment, systemdFile, systemdQuote } from "./systemd.ts";

test("a drop-in has its reason on top and one block a section", () => {
  const text = systemdFile(
    [
      { name: "Unit", lines: [["After", "network.target"]] },
      { name: "Service", lines: ["two lines\nof why", ["ExecStart", ""], ["ExecStart", "/bin/true"]] },
    ],
    "Made by Rampart for web1: change the site file instead. Why: a test.",
  );
  expect(text).toBe(`# Made by Rampart for web1: change the site file instead. Why: a test.

[Unit]
After=network.target

[Service]
# two lines
# of why
ExecStart=
ExecStart=/bin/true
`);
});

test("words keep their meaning in a command line", () => {
  expect(systemdQuote("/srv/shop")).toBe("/srv/shop");
  expect(systemdQuote("50% of $HOME")).toBe('"50%% of $$HOME"');
  expect(systemdAssignment("PRICE", "$5 or 50%")).toBe('"PRICE=$5 or 50%%"');
  expect(systemdQuote('a "b" \\')).toBe('"a \\"b\\" \\\\"');
});
