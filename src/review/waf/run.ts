import { RampartError } from "../../base/problem.ts";
import type { SampleResult, SampleRun } from "../../model/waf.ts";
import { forward } from "../../ssh/forward.ts";
import { run } from "../../ssh/run.ts";
import type { SshTarget } from "../../ssh/target.ts";
import { unreachableProblem } from "../../ssh/unreachable.ts";
import { startScript, stopScript } from "./host.ts";
import { judged, type KnownRules, type StageAnswer, skipReason } from "./judge.ts";
import { wafTestPorts } from "./ports.ts";
import { requestBytes } from "./request.ts";
import type { Sample } from "./samples.ts";
import { type Reply, sendBytes } from "./send.ts";

export interface SampleRunOptions {
  /** With the settings that the rule set's own tests ask for, instead of the site's. */
  readonly upstream: boolean;
}

/** Runs tests of a rule set against a web host, one request at a time. Throws a RampartError when the host cannot do it. */
export async function runSamples(
  target: SshTarget,
  samples: readonly Sample[],
  { upstream }: SampleRunOptions,
): Promise<SampleRun> {
  const began = performance.now();
  const started = await run(target, startScript(upstream), { timeoutMs: 60_000 });
  if (started.unreachable !== undefined)
    throw new RampartError(`${target.host} cannot be reached`, [unreachableProblem(started)]);
  if (started.exitCode !== 0) throw notStarted(target.host, started.stderr);
  const level = upstream ? 4 : 1;
  const rules = knownRules(started.stdout);
  const reasons = samples.map((sample) => skipReason(sample, rules, level));
  const wanted = samples.filter((_, index) => reasons[index] === "");
  const { replies, log } = await asked(target, wanted);
  const logs = stageLogs(log);
  let stage = 0;
  const results = samples.map((sample, index): SampleResult => {
    const { file, name } = sample;
    const why = reasons[index] ?? "";
    if (why !== "") return { file, name, outcome: "skipped", why };
    const wrong = sample.stages.flatMap(({ output }) => {
      const reply = replies[stage] ?? { status: undefined, text: "" };
      const answer: StageAnswer = { ...reply, log: logs[stage] ?? "" };
      stage += 1;
      return judged(output, answer);
    });
    return { file, name, outcome: wrong.length === 0 ? "passed" : "failed", why: wrong.join("; ") };
  });
  const count = (outcome: SampleResult["outcome"]) => results.filter((one) => one.outcome === outcome).length;
  const durationMs = Math.round(performance.now() - began);
  return {
    ...{ host: target.host, passed: count("passed"), failed: count("failed"), skipped: count("skipped") },
    ...{ durationMs, results },
  };
}

/** Sends every stage, each followed by a request that marks its end in the log, since a test's own may be no HTTP. */
async function asked(target: SshTarget, samples: readonly Sample[]) {
  let log = "";
  const replies: Reply[] = [];
  try {
    const site = await forward(target, 0, { host: "127.0.0.1", port: wafTestPorts.site });
    const marker = await forward(target, 0, { host: "127.0.0.1", port: wafTestPorts.marker });
    for (const [stage, { input }] of samples.flatMap((sample) => sample.stages).entries()) {
      const mark = `GET /marker/${stage} HTTP/1.1\r\nHost: marker\r\nConnection: close\r\n\r\n`;
      replies.push(await sendBytes(site.localPort, requestBytes(input)));
      await sendBytes(marker.localPort, Buffer.from(mark));
    }
    await Promise.all([site.close(), marker.close()]);
  } finally {
    log = (await run(target, stopScript, { timeoutMs: 60_000 })).stdout;
  }
  return { replies, log };
}

/** The log cut at its marks, by number. */
function stageLogs(log: string): readonly string[] {
  const logs: string[] = [];
  let lines: string[] = [];
  for (const line of log.split("\n")) {
    const [, number] = /^\/marker\/(\d+)$/.exec(line) ?? [];
    if (number === undefined) lines.push(line);
    else {
      logs[Number(number)] = lines.join("\n");
      lines = [];
    }
  }
  return logs;
}

/** `id:942100` and the `paranoia-level/1` behind it; rules without one belong to all levels. */
function knownRules(text: string): KnownRules {
  const rules = new Map<number, number>();
  let last = 0;
  for (const [, kind, number] of text.matchAll(/(id:|paranoia-level\/)(\d+)/g)) {
    if (kind === "id:") {
      last = Number(number);
      rules.set(last, 1);
    } else rules.set(last, Number(number));
  }
  return rules;
}

function notStarted(host: string, stderr: string): RampartError {
  const said = stderr.trim().split("\n").at(-1) ?? "";
  return new RampartError("The tests were not run", [
    { path: host, reason: `${said}.`, remedy: 'They need  web: { waf: "watch" }  or "block": see rampart docs waf.' },
  ]);
}
