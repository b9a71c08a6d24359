import { expect, test } from "vitest";
import { backupProblems } from "./check-backup.ts";

const facts = {
  siteFile: "rampart.config.ts",
  fileExists: (path: string) => path.startsWith("./there."),
  fileText: (path: string) => (path === "./there.crt" ? "-----BEGIN CERTIFICATE-----" : "something else"),
};
const problems = (backup: { store?: string; credentials?: string; trust?: string }) =>
  backupProblems({ database: { backup } }, facts, () => false);

const s3 = { store: "s3:https://s3.example/bucket", credentials: "./there.key" };

test.each([
  {},
  { store: "monitor" },
  { store: "none" },
  { store: "/mnt/backups" },
  { store: "sftp://backup@nas.example:2222/shop", credentials: "./there.key" },
  { store: "s3:https://s3.eu.example/bucket/shop", credentials: "./there.key" },
  { store: "s3:https://s3.eu.example/bucket/shop", credentials: "./there.key", trust: "./there.crt" },
])("%j is well", (backup) => {
  expect(problems(backup)).toEqual([]);
});

test.each([
  [{ store: "ftp://nas/shop" }, "database.backup.store", /is no store of backups/],
  [{ store: "backups" }, "database.backup.store", /is no store of backups/],
  [{ store: "/" }, "database.backup.store", /is no store of backups/],
  [{ store: "s3:http://s3.example/bucket" }, "database.backup.store", /is no store of backups/],
  [{ store: "sftp://nas/x; reboot" }, "database.backup.store", /is no store of backups/],
  [{ store: "sftp://backup@nas/shop" }, "database.backup.credentials", /asks for an SSH key/],
  [{ store: "s3:https://s3.example/bucket" }, "database.backup.credentials", /asks for an access key/],
  [{ store: "sftp://backup@nas/shop", credentials: "./gone.key" }, "database.backup.credentials", /there is no file/],
  [{ ...s3, trust: "./gone.crt" }, "database.backup.trust", /there is no file/],
  [{ ...s3, trust: "./there.key" }, "database.backup.trust", /holds no certificate/],
  [{ trust: "./there.crt" }, "database.backup.trust", /is not one by S3/],
  [{ credentials: "./there.key" }, "database.backup.credentials", /asks for nothing/],
])("%j is refused", (backup, path, reason) => {
  expect(problems(backup)).toMatchObject([{ path, reason: expect.stringMatching(reason) }]);
});
