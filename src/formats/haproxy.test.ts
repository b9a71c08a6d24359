import { expect, test } from "vitest";
import { haproxyFile, haproxyWord } from "./haproxy.ts";
import { poolSections } from "./haproxy-pool.ts";

test("words are quoted only when they must be", () => {
  expect(haproxyWord("nosniff")).toBe("nosniff");
  expect(haproxyWord("camera=(), microphone=()")).toBe("'camera=(), microphone=()'");
  expect(haproxyWord("frame-ancestors 'self' $x")).toBe(`"frame-ancestors 'self' \\$x"`);
});

test("a section has its reason above it and its lines below", () => {
  const text = haproxyFile(
    [{ kind: "frontend", name: "http", from: "web", why: "A reason.", lines: ["bind :80", ""] }],
    "Header.",
  );
  expect(text).toBe("# Header.\n\n# A reason.\nfrontend http from web\n  bind :80\n\n");
});

const pool = poolSections({
  name: "web",
  why: "The web hosts.",
  tlsName: "web.shop.internal",
  health: "/ping",
  servers: [{ name: "web1", address: "10.0.0.1", port: 8443 }],
  lines: [],
});

test("what may change something is never sent twice, what only reads is", () => {
  const [reads, once] = pool.map((section) => section.lines);
  expect(reads).toContain("retry-on conn-failure empty-response junk-response");
  expect(once).toContain("retry-on conn-failure");
  expect(once).toContain("http-reuse never");
});

test("tcp-ut stands on every server line, since HAProxy 3.0 ignores it in default-server", () => {
  for (const { lines } of pool) {
    const servers = lines.filter((line) => line.startsWith("server "));
    expect(servers.map((line) => line.split(" ")[1])).toEqual([expect.any(String), expect.stringMatching(/-anyway$/)]);
    expect(servers[1]).toMatch(/ backup( no-check)?$/);
    for (const line of servers) expect(line).toContain("tcp-ut 2s");
    expect(lines.filter((line) => line.startsWith("default-server ")).join()).not.toContain("tcp-ut");
  }
});

test("where there is no other host to ask, what takes long is waited for", () => {
  for (const { lines } of pool) expect(lines).toContain("timeout connect 3s");
  const two = ["web1", "web2"].map((name, index) => ({ name, address: `10.0.0.${index + 1}`, port: 8443 }));
  const others = poolSections({ name: "web", why: "", tlsName: "web", health: "/", servers: two, lines: [] });
  for (const { lines } of others) expect(lines).not.toContain("timeout connect 3s");
});
