import { join } from "node:path";
import { command, times } from "../command.ts";
import { median, type Row } from "../figures.ts";

/** `rampart --help`, through the launcher of a checkout. */
export async function startupRow(root: string): Promise<Row> {
  const launcher = [join(root, "rampart"), "--help"];
  const direct = [process.execPath, join(root, "dist/main.js"), "--help"];
  await command(launcher);
  const plain: number[] = [];
  const values = await times(20, async () => {
    plain.push((await command(direct)).ms);
    return (await command(launcher)).ms;
  });
  const bare = median(await times(20, async () => (await command([process.execPath, "-e", "0"])).ms));
  return {
    ...{ what: "`rampart --help`", unit: "ms", values, better: "least", reach: 150, aim: 80 },
    notes: [
      `Through the launcher \`./rampart\`. Without it (\`node dist/main.js --help\`): ${median(plain).toFixed(0)} ms; Node alone (\`node -e 0\`): ${bare.toFixed(0)} ms.`,
    ],
  };
}
