import { expect, test } from "vitest";
import { nftAddresses, nftComment, nftFile } from "./nftables.ts";

test("addresses: one alone, few sorted, neighbours as an interval, overlaps merged", () => {
  expect(nftAddresses(["10.0.0.1"])).toBe("10.0.0.1");
  expect(nftAddresses(["10.0.0.2", "10.0.0.1"])).toBe("{ 10.0.0.1, 10.0.0.2 }");
  expect(nftAddresses(["10.0.0.9", "10.0.0.3", "10.0.0.1", "10.0.0.2"])).toBe("{ 10.0.0.1-10.0.0.3, 10.0.0.9 }");
  expect(nftAddresses(["10.0.0.1/32", "10.0.0.0/16", "192.0.2.0/24"])).toBe("{ 10.0.0.0/16, 192.0.2.0/24 }");
  const thousand = Array.from({ length: 1000 }, (_, index) => `10.0.${Math.floor(index / 250)}.${(index % 250) + 1}`);
  expect(nftAddresses(thousand)).toBe(
    "{ 10.0.0.1-10.0.0.250, 10.0.1.1-10.0.1.250, 10.0.2.1-10.0.2.250, 10.0.3.1-10.0.3.250 }",
  );
});

test("comments fit nft: no double quotes, at most 128 bytes, cut at a word", () => {
  expect(nftComment('a "quoted"\nword')).toBe("a 'quoted' word");
  const long = nftComment(`${"wörter ".repeat(40)}`);
  expect(new TextEncoder().encode(long).length).toBeLessThanOrEqual(128);
  expect(long).toMatch(/wörter …$/);
  expect(new TextEncoder().encode(nftComment("é".repeat(300))).length).toBeLessThanOrEqual(128);
});

test("a file replaces its own table and no other", () => {
  const rules = ["a note", { statement: "tcp dport 22 accept", comment: "ssh" }];
  expect(nftFile("inet own", [{ name: "input", hook: "input", policy: "drop", rules }], "why")).toBe(`#!/usr/sbin/nft -f
# why

add table inet own
delete table inet own
table inet own {
  chain input {
    type filter hook input priority filter; policy drop;
    # a note
    tcp dport 22 accept comment "ssh"
  }
}
`);
});
