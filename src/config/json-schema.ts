import * as z from "zod";
import { siteSchema } from "./schema.ts";

/**
 * JSON Schema (draft 7, the one that editors' YAML support knows best) of the site file, for completion and hints.
 * It is looser than the checks: those across keys and those of folders cannot be said in JSON Schema.
 */
export function siteJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, ...rest } = z.toJSONSchema(siteSchema, { io: "input", target: "draft-7" });
  return {
    $schema,
    title: "Rampart site file",
    description: "A site: one file that becomes a complete web infrastructure.",
    ...rest,
  };
}

/** The text of docs/reference/site.schema.json. */
export function siteJsonSchemaText(): string {
  return `${JSON.stringify(siteJsonSchema(), null, 2)}\n`;
}
