import { expect, test } from "vitest";
import type { Outcome } from "./etcd-text.ts";
import type { Change, Cluster } from "./model.ts";
import { answerOf } from "./requests.ts";
import { parseRequest } from "./serve.ts";

const handed: Outcome = { id: "x", kind: "switchover", outcome: "handed over", reason: "handed", to: "db2", term: 4 };
const change = (kind: Change["kind"]): Change => ({ term: 4, primary: "db2", kind, position: "", reason: `a ${kind}` });
const cluster = (term: number, ...history: Change[]) => ({ term, primary: "db2", history }) as unknown as Cluster;

test.each([
  ["nobody has taken the term", cluster(3), {}, "waiting"],
  ["the heir has it and is not open", cluster(4, change("switchover")), {}, "waiting"],
  ["the heir is open", cluster(4, change("switchover")), { 4: { gapSeconds: 0.2 } }, "done"],
  ["it was called off", cluster(4, change("called off")), {}, "refused"],
  ["another was elected", cluster(4, change("failover")), {}, "refused"],
])("a switchover that was handed over: %s", (_, state, opened, outcome) => {
  expect(answerOf(handed, state, opened).outcome).toBe(outcome);
});

test("a request from outside is checked", () => {
  expect(parseRequest('{"kind":"switchover","to":"db2","by":"ops"}')).toEqual({
    kind: "switchover",
    to: "db2",
    without: [],
    by: "ops",
  });
  for (const wrong of [
    '{"kind":"drop"}',
    '{"kind":"pause","without":[1]}',
    '{"kind":"switchover","to":{}}',
    "[]",
    "no",
  ])
    expect(() => parseRequest(wrong)).toThrow();
});
