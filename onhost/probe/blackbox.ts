import { request } from "node:http";

/** What the blackbox exporter found, by its own names of figures with their labels as they are written. */
export type Found = ReadonlyMap<string, number>;

/** Lines of Prometheus' text format; `name{labels} value`. */
export function parseFigures(text: string): Found {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.flatMap((line) => {
      const at = line.lastIndexOf(" ");
      const value = Number(line.slice(at + 1));
      return at < 0 || Number.isNaN(value) ? [] : [[line.slice(0, at), value] as const];
    }),
  );
}

/** Phases of a page, as the exporter times them. */
export function phasesOf(found: Found): readonly (readonly [phase: string, seconds: number])[] {
  return [...found].flatMap(([name, value]) => {
    const phase = /^probe_http_duration_seconds\{phase="(\w+)"\}$/.exec(name)?.[1];
    return phase === undefined ? [] : [[phase, value] as const];
  });
}

/** Asks the exporter on this host to look; fails when it gives no answer. */
export function probed(at: string, module: string, target: string): Promise<Found> {
  const query = new URLSearchParams({ module, target });
  return new Promise((resolve, reject) => {
    const asked = request(`http://${at}/probe?${query}`, { timeout: 15_000 }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        if (response.statusCode !== 200) reject(new Error(`the exporter answers ${response.statusCode}`));
        else resolve(parseFigures(Buffer.concat(parts).toString()));
      });
    });
    asked.on("timeout", () => asked.destroy(new Error("the exporter does not answer")));
    asked.on("error", reject);
    asked.end();
  });
}
