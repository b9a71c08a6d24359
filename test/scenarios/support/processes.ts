import { readdirSync, readFileSync } from "node:fs";

/** What the command lines of all processes of this machine were, those of all lab hosts among them. */
export interface ProcessLists {
  readonly looks: number;
  readonly commandLines: ReadonlySet<string>;
}

/** Looks at the process list every 20 ms until `end` is called. */
export function watchProcesses(): { readonly end: () => ProcessLists } {
  const commandLines = new Set<string>();
  let looks = 0;
  const look = () => {
    looks += 1;
    for (const pid of readdirSync("/proc")) if (/^\d+$/.test(pid)) commandLines.add(commandLine(pid));
  };
  const timer = setInterval(look, 20);
  return {
    end: () => {
      clearInterval(timer);
      return { looks, commandLines };
    },
  };
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return ""; // it has ended
  }
}
