import { expect, test } from "vitest";
import { keepalivedBlock, keepalivedFile } from "./keepalived.ts";

test("every keyword has a line of its own", () => {
  const text = keepalivedFile([keepalivedBlock("a b", "c d", keepalivedBlock("e", "f"))], "Header.");
  expect(text).toBe("# Header.\n\na b {\n  c d\n  e {\n    f\n  }\n}\n");
});
