import { expect } from "vitest";
import type { BackupList } from "../../../src/model/backups.ts";
import { siteStatus } from "./lab.ts";
import { onHost, rampart, rampartJson } from "./rampart.ts";

/** What the store holds. */
export async function stored(): Promise<BackupList> {
  return await rampartJson<BackupList>(["db", "backups"]);
}

/** What is said when it is refused, in one line. */
export async function refusal(words: readonly string[]): Promise<string> {
  const { exitCode, stderr } = await rampart(words, { timeoutMs: 200_000 });
  expect(exitCode).toBe(1);
  // Sentences are broken where a line ends.
  return stderr.replace(/\s+/g, " ");
}

/** The answer of the primary. */
export async function sql(statements: string): Promise<string> {
  const { database } = await siteStatus();
  const answer = await onHost(database?.primary ?? "", `mariadb -N shop -e ${JSON.stringify(statements)}`);
  return answer.trim();
}
