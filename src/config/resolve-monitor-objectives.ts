import { type Objectives, parseAvailability, parseLatency } from "../model/objectives.ts";
import type { ObjectivesInput } from "./input.ts";
import type { Choose } from "./resolve-web.ts";

/** What the site is to keep; nothing unless it says so. */
export function monitorObjectives(given: ObjectivesInput | undefined, choose: Choose): Objectives {
  const at = (key: string) => `monitor.objectives.${key}`;
  const none = "what is good enough is yours to say; alerts tell of faults without it";
  const availability = choose(at("availability"), given?.availability, undefined, none);
  const latency = choose(at("latency"), given?.latency, undefined, none);
  return {
    availability: availability === undefined ? undefined : parseAvailability(availability),
    latency: latency === undefined ? undefined : parseLatency(latency),
  };
}
