import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** Where the accounts of the site are written, and where MariaDB listens. */
interface Place {
  readonly config: { readonly paths: { readonly accounts: string; readonly socket: string } };
}

/** How long the accounts may take; each statement may have to wait for an acknowledgement. */
const limit = 60_000;

/** The same on every member: comments are left out, for they name the host. Undefined when the site has written none. */
export async function accountsDigest({ config }: Place): Promise<string | undefined> {
  const sql = await readFile(config.paths.accounts, "utf8").catch(() => undefined);
  if (sql === undefined) return undefined;
  const statements = sql.split("\n").filter((line) => !line.startsWith("--"));
  return createHash("sha256").update(statements.join("\n")).digest("hex");
}

/** Writes the accounts and databases of the site, and takes away those that it does not name any more. A child of its own: it may wait long. */
export async function applyAccounts(agent: Place): Promise<void> {
  const digest = await accountsDigest(agent);
  await client(agent, await readFile(agent.config.paths.accounts, "utf8"));
  await client(agent, await client(agent, leftovers));
  await client(
    agent,
    `DELETE FROM rampart.account WHERE wanted = 0; REPLACE INTO rampart.setting VALUES ('accounts', '${digest}');`,
  );
}

/** Whether the accounts of the site are others than those that this database has; asked by a child, as a table may be locked. */
export async function accountsDiffer(agent: Place): Promise<boolean> {
  const wanted = await accountsDigest(agent);
  if (wanted === undefined) return false;
  const have = await client(agent, "SELECT value FROM rampart.setting WHERE name = 'accounts'", 5000).catch(() => "");
  return have.trim() !== wanted;
}

/** Accounts that an earlier site file had, and those of the installation that nobody needs. */
const leftovers = `SELECT CONCAT('DROP USER IF EXISTS ', QUOTE(user), '@', QUOTE(host), ';') FROM rampart.account WHERE wanted = 0
  UNION SELECT CONCAT('DROP USER IF EXISTS ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.global_priv
  WHERE (User = '' AND Host <> '') OR (User = 'root' AND Host <> 'localhost');`;

function client({ config }: Place, sql: string, time = limit): Promise<string> {
  return new Promise((resolve, reject) => {
    const words = ["--no-defaults", "--protocol=socket", `--socket=${config.paths.socket}`, "--user=root"];
    const child = spawn("mariadb", [...words, "--batch", "--skip-column-names"], {
      timeout: time,
      killSignal: "SIGKILL",
    });
    const out: Buffer[] = [];
    const wrong: Buffer[] = [];
    child.stdout.on("data", (part: Buffer) => out.push(part));
    child.stderr.on("data", (part: Buffer) => wrong.push(part));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else
        reject(new Error(`the accounts could not be written: ${firstLine(wrong) || `ended after ${time / 1000} s`}`));
    });
    child.stdin.on("error", () => undefined);
    child.stdin.end(sql);
  });
}

/** MariaDB's words without the statement, which may hold a secret. */
function firstLine(parts: readonly Buffer[]): string {
  const line = Buffer.concat(parts).toString().split("\n")[0] ?? "";
  return line.replace(/ near '.*/, "").slice(0, 200);
}
