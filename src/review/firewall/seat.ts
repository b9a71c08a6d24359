import { spawn } from "node:child_process";

/** Runs a shell script on this machine, at a seat that `words` lead to; gives back what it printed, whatever came of it. */
export async function runAtSeat(
  words: (argv: readonly string[]) => readonly string[],
  script: string,
): Promise<string> {
  const [command = "sh", ...args] = words(["sh", "-s"]);
  return await new Promise((done) => {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "ignore"], detached: true });
    let text = "";
    child.stdout.on("data", (chunk) => (text += chunk));
    child.on("error", () => done(text));
    child.on("close", () => done(text));
    child.stdin.on("error", () => {});
    child.stdin.end(script);
  });
}
