import { expect, test } from "vitest";
import { judged, skipReason } from "./judge.ts";
import { requestBytes } from "./request.ts";
import { type SampleInput, type SampleOutput, samplesOf } from "./samples.ts";

function one(yaml: string) {
  const [sample] = samplesOf("tests/942100.yaml", yaml);
  if (!sample) throw new Error("no test in it");
  return sample;
}

const stageOf = (output: object, input: object = {}) =>
  one(`tests: [{ test_id: 1, stages: [{ input: ${JSON.stringify(input)}, output: ${JSON.stringify(output)} }] }]`);
const outputOf = (output: object): SampleOutput => stageOf(output).stages[0]?.output ?? failed();
const bytes = (input: object) => requestBytes(stageOf({ status: 200 }, input).stages[0]?.input ?? failed()).toString();
const failed = (): SampleInput & SampleOutput => {
  throw new Error("no stage");
};

test("both forms of the rule set's tests are read", () => {
  const older = one(
    "tests: [{ test_title: 942100-1, stages: [{ stage: { input: {}, output: { status: [200, 403] } } }] }]",
  );
  expect(older).toMatchObject({ name: "942100-1", why: "", stages: [{ output: { status: [200, 403] } }] });
  expect(stageOf({ status: 403 })).toMatchObject({ name: "942100-1", stages: [{ output: { status: [403] } }] });
});

test("what is no test is skipped with the reason", () => {
  expect(one("tests: [").why).toMatch(/no YAML/);
  expect(one("title: x").why).toMatch(/no tests in go-ftw's form/);
  expect(one("tests: [{ test_id: 4, stages: [] }]").why).toMatch(/not in go-ftw's form: stages/);
  expect(one("meta: { enabled: false }\ntests: [{ stages: [{ input: {}, output: { status: 200 } }] }]").why).toMatch(
    /off/,
  );
});

test("requests are completed, forms encoded, unless the test says not to", () => {
  expect(bytes({ method: "POST", uri: "/post", headers: { Host: "x" }, data: "var=1234 OR 1=1" })).toBe(
    "POST /post HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nConnection: close\r\nContent-Length: 17\r\n\r\nvar=1234+OR+1%3D1",
  );
  expect(bytes({ method: "POST", data: "var=%27x" })).toContain("\r\n\r\nvar=%27x");
  expect(bytes({ stop_magic: true, headers: { Host: "x" } })).toBe("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  expect(bytes({ autocomplete_headers: false, data: "a b" })).toBe("GET / HTTP/1.1\r\n\r\na b");
  expect(bytes({ encoded_request: "R0FSQkFHRQ0KDQo=" })).toBe("GARBAGE\r\n\r\n");
});

test("an answer is judged by status, rules and the log's text", () => {
  const log = '… ModSecurity: Warning. [id "942100"] [msg "x"]\n… ModSecurity: Warning. [id "949110"]';
  const answer = { status: 200, text: "HTTP/1.1 200 OK\r\n\r\nok", log };
  expect(judged(outputOf({ status: 200, isolated: true, log: { expect_ids: [942100] } }), answer)).toEqual([]);
  expect(judged(outputOf({ log_contains: 'id "942100"' }), answer)).toEqual([]);
  expect(judged(outputOf({ status: 403 }), answer)).toEqual(["status 403 was expected, 200 came"]);
  expect(judged(outputOf({ log: { expect_ids: [1], no_expect_ids: [942100] } }), answer)).toEqual([
    "rule 1 did not match",
    "rule 942100 matched",
  ]);
  expect(judged(outputOf({ log: { no_match_regex: 'id "94\\d' } }), answer)).toHaveLength(1);
  expect(judged(outputOf({ expect_error: true }), { ...answer, status: undefined })).toEqual([]);
  expect(judged(outputOf({ expect_error: true }), answer)).toHaveLength(1);
});

test("a test of a rule that is not in use is skipped", () => {
  const rules = new Map([
    [942100, 1],
    [920300, 3],
  ]);
  const reason = (ids: number[], level = 1) => skipReason(stageOf({ log: { expect_ids: ids } }), rules, level);
  expect(reason([942100])).toBe("");
  expect(reason([942999])).toMatch(/no rule 942999/);
  expect(reason([920300])).toMatch(/paranoia level 3; this run is at 1/);
  expect(reason([920300], 4)).toBe("");
  expect(reason([951100])).toMatch(/about answers/);
  expect(skipReason(stageOf({}), rules, 1)).toMatch(/nothing of what should come/);
});
