import { type DayBounds, dayQuestions, dayReport } from "../model/day.ts";
import type { DayReport } from "../model/report.ts";

/** A script for the monitor host: one line `NAME JSON` for each answer. */
export function reportScript(bounds: DayBounds): string {
  const asked = dayQuestions(bounds).map(({ name, path, parameters }) => {
    const data = Object.entries(parameters).map(([key, value]) => ` --data-urlencode '${key}=${value}'`);
    return `echo "${name} $(curl -sS -m 30 -G http://127.0.0.1:9090/api/v1/${path}${data.join("")} 2> /dev/null)"`;
  });
  return `curl -fsS -m 5 -o /dev/null http://127.0.0.1:9090/-/ready || exit 1\n${asked.join("\n")}\n`;
}

/** What the script said. undefined: the monitor did not answer. */
export function reportOf(site: string, day: string, end: number, output: string): DayReport | undefined {
  const answers = [...output.matchAll(/^(\w+) (\{.*\})$/gm)].map(([, name = "", json = ""]) => [
    name,
    JSON.parse(json),
  ]);
  return dayReport(site, day, end, Object.fromEntries(answers));
}
