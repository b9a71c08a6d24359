import { expect, test } from "vitest";
import { domainFault, localName } from "./names.ts";

test("the local name has localhost for the last label", () => {
  expect(localName("www.shop.example")).toBe("www.shop.localhost");
  expect(localName("shop.example")).toBe("shop.localhost");
  expect(localName("shop")).toBe("shop.localhost");
  expect(localName("shop.localhost")).toBe("shop.localhost");
  expect(localName("localhost")).toBe("localhost");
});

test("good public names pass", () => {
  for (const name of ["shop", "a.b", "xn--mller-kva.example", "1.example", `${"a".repeat(63)}.example`]) {
    expect(domainFault(name), name).toBeUndefined();
  }
});
