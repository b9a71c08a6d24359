import type { Problem } from "../base/problem.ts";
import { parseLatency } from "../model/objectives.ts";
import { requestSeconds } from "../model/requests.ts";
import type { SiteDraft } from "./shape.ts";

/** A latency is known only at the bounds by which requests are counted. */
export function objectiveProblems(draft: SiteDraft, isBroken: (path: string) => boolean): readonly Problem[] {
  const path = "monitor.objectives.latency";
  const given = draft.monitor?.objectives?.latency;
  if (given === undefined || isBroken(path)) return [];
  const seconds = parseLatency(given)?.seconds;
  if (seconds === undefined || requestSeconds.some((bound) => bound === seconds)) return [];
  const words = requestSeconds.map((bound) => (bound < 1 ? `${Math.round(bound * 1000)}ms` : `${bound}s`));
  const reason = `requests are counted by the times that they take, and ${given.split("<")[1]?.trim()} is none of the bounds.`;
  return [{ path, reason, remedy: `Take one of ${words.join(", ")}.` }];
}
