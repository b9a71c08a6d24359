import { createInterface } from "node:readline/promises";
import { UsageError } from "./arguments.ts";

/**
 * Asks the operator to type a word, on the terminal. Anything else than the word means no.
 * @throws UsageError without a terminal: nobody is there to be asked.
 */
export async function typed(word: string, text: string, without: string, manual = "db"): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new UsageError(
      "There is nobody to ask",
      [{ path: "terminal", reason: "this needs an answer, and standard input is no terminal.", remedy: without }],
      `rampart docs ${manual}`,
    );
  const asked = createInterface({ input: process.stdin, output: process.stderr });
  try {
    process.stderr.write(`${text}\n\n`);
    return (await asked.question(`Type ${word} to go on, anything else to stop: `)).trim() === word;
  } finally {
    asked.close();
  }
}
