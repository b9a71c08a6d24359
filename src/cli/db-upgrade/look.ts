import { sectionOf } from "../../base/sections.ts";
import type { MemberPackages, PackageStep, PackageVersions } from "../../model/upgrade.ts";
import type { RemoteResult } from "../../ssh/result.ts";
import { run } from "../../ssh/run.ts";
import type { SshTarget } from "../../ssh/target.ts";

/** Seconds that fetching package lists may take. */
const listsLimit = 60;

/**
 * Shell that says how MariaDB's packages stand. Which these are, dpkg knows: all that were built from Debian's source package `mariadb`, so that
 * server, clients, library and mariadb-backup go together. What an upgrade would do, apt says by simulating it.
 * @param fetch whether package lists are fetched first, as `apt-get update` does.
 */
export function lookScript(fetch: boolean): string {
  const update = `timeout ${listsLimit} apt-get -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=10 -o APT::Update::Error-Mode=any update`;
  return `export LC_ALL=C DEBIAN_FRONTEND=noninteractive
echo "== lists"
trouble=""
if ${fetch ? `trouble=$(${update} 2>&1 < /dev/null)` : "false"}; then echo fetched
elif ls /var/lib/apt/lists/*_Packages* > /dev/null 2>&1; then echo old
else echo none
fi
printf '%s\\n' "$trouble" | grep '^E:' | head -n 1
all=$(dpkg-query -W -f '\${source:Package} \${db:Status-Status} \${Package}\\n' |
  awk '$1 == "mariadb" && $2 != "config-files" && $2 != "not-installed" { print $3, $2 }' | sort -u)
names=$(printf '%s\\n' "$all" | cut -d ' ' -f 1)
echo "== states"
printf '%s\\n' "$all"
echo "== policy"
[ -z "$names" ] || apt-cache policy $names
echo "== steps"
[ -z "$names" ] || apt-get -s -y -qq --no-install-recommends --only-upgrade install $names 2>&1 < /dev/null | grep -E '^(Inst|Remv|E:) '
echo "== server"
pid=$(systemctl show -P MainPID mariadb.service)
readlink "/proc/$pid/exe"
timeout 5 mariadb --no-defaults --socket=/run/mysqld/mysqld.sock --user=root -BNe 'SELECT @@version' 2> /dev/null < /dev/null
echo "== others"
pgrep -a -x 'mariadbd|mariadb-backup' | grep -v "^$pid " | cut -c 1-120
echo "== end"
`;
}

/** How the packages of a host stand, or why that is not known. */
export type Look =
  | { readonly host: string; readonly member: MemberPackages }
  | { readonly host: string; readonly member: undefined; readonly why: string };

export async function lookAt(target: SshTarget, fetch: boolean): Promise<Look> {
  const answer = await run(target, lookScript(fetch), { timeoutMs: (listsLimit + 60) * 1000 });
  const member = memberIn(target.host, answer.stdout);
  return member === undefined ? { host: target.host, member, why: silenceOf(answer) } : { host: target.host, member };
}

function silenceOf({ unreachable, timedOut, stderr }: RemoteResult): string {
  if (unreachable !== undefined) return unreachable;
  return timedOut ? "it took too long" : stderr.trim().split("\n").at(-1) || "no answer";
}

/** From what the script printed; undefined when it did not come to its end. */
export function memberIn(host: string, output: string): MemberPackages | undefined {
  if (!/^== end$/m.test(output)) return undefined;
  const section = (name: string) => sectionOf(output, name);
  const steps = section("steps");
  const states = section("states").map((line) => line.split(" "));
  const [list, trouble] = section("lists");
  return {
    host,
    packages: policyIn(section("policy")),
    pending: steps.flatMap(stepIn),
    removed: steps.flatMap((line) => /^Remv (\S+)/.exec(line)?.[1] ?? []),
    unfinished: states.flatMap(([name = "", state]) => (state === "installed" ? [] : [name])),
    against: steps
      .filter((line) => line.startsWith("E:"))
      .map((line) => line.slice(3))
      .join(" "),
    ...serverIn(section("server")),
    busy: section("others")[0]?.replace(/^\d+ /, "") ?? "",
    lists: list === "fetched" || list === "old" ? list : "none",
    listsTrouble: trouble?.slice(3) ?? "",
  };
}

/** From the lines of `apt-cache policy NAME…`. */
export function policyIn(lines: readonly string[]): readonly PackageVersions[] {
  const found: { name: string; installed: string; candidate: string }[] = [];
  for (const line of lines) {
    const name = /^(\S+):$/.exec(line)?.[1];
    if (name !== undefined) found.push({ name, installed: "", candidate: "" });
    const [, what, version = ""] = /^ {2}(Installed|Candidate): (.*)$/.exec(line) ?? [];
    const last = found.at(-1);
    if (last === undefined || what === undefined || version === "(none)") continue;
    last[what === "Installed" ? "installed" : "candidate"] = version;
  }
  return found;
}

/** `Inst NAME [OLD] (NEW ARCHIVE [ARCH])`, without the brackets for a package that is not there yet. */
function stepIn(line: string): readonly PackageStep[] {
  const [, name, , from = "", to] = /^Inst (\S+) (\[(\S+)\] )?\((\S+) /.exec(line) ?? [];
  return name === undefined || to === undefined ? [] : [{ name, from, to }];
}

/** The program file first, if it runs; then what it answered, if it did. The kernel marks a file that was replaced. */
function serverIn(lines: readonly string[]): Pick<MemberPackages, "running" | "outdated"> {
  const file = lines.find((line) => line.startsWith("/")) ?? "";
  return { running: lines.find((line) => /^\d/.test(line)) ?? null, outdated: file.endsWith(" (deleted)") };
}
