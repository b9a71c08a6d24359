import { expect, test } from "vitest";
import type { WafFinding } from "../model/waf.ts";
import { plainStyle } from "./style.ts";
import { exceptionLines, findingsText } from "./waf.ts";

const finding: WafFinding & { readonly host: string } = {
  ...{ host: "web1", time: "2026-11-20T19:31:56Z", id: "a1", src: "192.0.2.7", method: "GET" },
  ...{ path: "/search", status: 403, action: "blocked" },
  rules: [{ rule: 942100, severity: "critical", message: "SQL Injection", at: "ARGS:q" }],
};
const at = (place: string, path = "/search"): WafFinding => ({
  ...finding,
  path,
  rules: [{ rule: 942100, severity: "critical", message: "x", at: place }],
});

test("the line for the site file names rule, path and parameter, each once", () => {
  expect(exceptionLines([finding, finding])).toEqual(['{ rule: 942100, path: "/search", parameter: "q", why: "…" },']);
  expect(exceptionLines([at("REQUEST_COOKIES:theme")])[0]).toContain('parameter: "cookie:theme"');
  expect(exceptionLines([at("REQUEST_BODY")])[0]).toBe('{ rule: 942100, path: "/search", why: "…" },');
  expect(exceptionLines([at('ARGS:a"b', '/a"b')])[0]).toBe('{ rule: 942100, why: "…" },');
});

test("a visitor's text cannot reach the terminal as anything but text", () => {
  const text = findingsText([{ ...finding, path: "/\u001b[31mred" }], "1h", plainStyle);
  expect(text).not.toContain("\u001b");
  expect(text).toMatch(/11-20 19:31:56 +942100 +SQL Injection +\/red +192\.0\.2\.7 +blocked/);
});
