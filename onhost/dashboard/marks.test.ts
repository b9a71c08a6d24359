import { expect, test } from "vitest";
import { written } from "./marks.ts";
import type { LogLine } from "./wire.ts";

const line = (second: number, host: string, message: string): LogLine => ({
  ...{
    at: new Date(Date.UTC(2026, 10, 21, 10, 0, second)).toISOString(),
    host,
    name: "rampart-mark",
    priority: 5,
    message,
  },
});

test("a deploy to several hosts is one mark, drills are one each, and anything else is none", () => {
  const marks = written([
    line(1, "web1", "deploy generation 4 by ops@desk"),
    line(3, "db1", "drill web2 has lost its power"),
    line(9, "web2", "deploy generation 4 by ops@desk"),
    line(11, "web2", "something else"),
    line(400, "lb1", "deploy generation 5 by ops@desk"),
  ]);
  expect(marks.map(({ kind, text }) => `${kind} ${text}`).toSorted()).toEqual([
    "deploy to lb1 by ops@desk",
    "deploy to web1 and web2 by ops@desk",
    "drill web2 has lost its power",
  ]);
});
