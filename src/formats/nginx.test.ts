import { expect, test } from "vitest";
import { nginxBlock, nginxFile, nginxWord } from "./nginx.ts";

test("directives end in a semicolon, comments and blocks do not", () => {
  expect(nginxFile(["# why", "user x", nginxBlock("events", "worker_connections 1")], "Header.")).toBe(
    "# Header.\n\n# why\nuser x;\nevents {\n  worker_connections 1;\n}\n",
  );
});

test("words are quoted only when they must be", () => {
  expect(nginxWord("~^/api(/|$)")).toBe("~^/api(/|$)");
  expect(nginxWord("~[0-9]{8}\\.css")).toBe('"~[0-9]{8}\\\\.css"');
});
