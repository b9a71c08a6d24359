import { expect, test } from "vitest";
import { optionFile, sqlAccount, sqlGrantDatabase, sqlName, sqlText } from "./mariadb.ts";

test("an option file has its reason on top", () => {
  const text = optionFile([{ name: "mariadbd", lines: ["why", ["server_id", 1]] }], "Made by Rampart.");
  expect(text).toBe("# Made by Rampart.\n\n[mariadbd]\n# why\nserver_id=1\n");
});

test("quotes, backslashes and wildcards mean themselves", () => {
  expect(sqlText("it's a \\")).toBe("'it''s a \\\\'");
  expect(sqlName("a`b")).toBe("`a``b`");
  expect(sqlGrantDatabase("shop_api")).toBe("`shop\\_api`");
  expect(sqlAccount("shop", "10.77.0.0/255.255.0.0")).toBe("'shop'@'10.77.0.0/255.255.0.0'");
});
