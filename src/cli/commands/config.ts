import { siteJsonSchemaText } from "../../config/json-schema.ts";
import { configText, originText } from "../../report/config.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { reportStyle, writeJson, writeText } from "../output.ts";
import { openSite } from "../site.ts";

export interface ConfigOptions extends GlobalOptions {
  readonly schema?: boolean;
}

/** The complete site, with every default and where it comes from. `--schema`: the JSON Schema of site files. */
export async function configCommand(options: ConfigOptions): Promise<number> {
  if (options.schema) {
    writeText(siteJsonSchemaText());
    return exitCodes.done;
  }
  const { site, provenance, file, line } = await openSite(options);
  if (options.json) {
    const values = provenance.map((one) => ({
      ...{ path: one.path, value: one.value ?? null, source: one.source, why: one.why },
      line: one.source === "site file" ? (line(one.path) ?? null) : null,
      from: originText(one, { line }),
    }));
    writeJson({ file, site, values });
  } else writeText(configText(site, provenance, { file, line }, reportStyle()));
  return exitCodes.done;
}
