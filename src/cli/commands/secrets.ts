import { resolve } from "node:path";
import { confirmRotation, type Rotation, rotateKey } from "../../secrets/rotate.ts";
import { loadSiteFile } from "../../sitefile/load.ts";
import { UsageError } from "../arguments.ts";
import { exitCodes, type GlobalOptions } from "../options.ts";
import { writeJson, writeText } from "../output.ts";

export interface SecretsOptions extends GlobalOptions {
  readonly confirm: boolean;
}

/** `secrets rotate [--confirm]`: a new key for the encrypted stores of the site; the old one is forgotten when confirmed. */
export async function secretsCommand(options: SecretsOptions, deed: string): Promise<number> {
  if (deed !== "rotate") throw unknownDeed(deed);
  const { folder } = await loadSiteFile(resolve(options.site ?? "."));
  const rotation = options.confirm ? await confirmRotation(folder) : await rotateKey(folder);
  if (options.json) writeJson({ ...rotation, confirmed: options.confirm });
  else writeText(options.confirm ? confirmedText(rotation) : rotatedText(rotation));
  return exitCodes.done;
}

function rotatedText({ keyFile, oldKeyFile, stores, newKey }: Rotation): string {
  return `${newKey ? "A new key is in use." : "The key of the rotation that was begun is in use here, too."}
${stores.map((store) => `  encrypted anew  ${store}`).join("\n")}
  key             ${keyFile}
  key before      ${oldKeyFile}

The old key still opens what was encrypted with it: copies, and stores of other sites that share this key.
Copy the new key file to where you keep the old one, run this for your other sites, then:

  rampart secrets rotate --confirm`;
}

function confirmedText({ keyFile, oldKeyFile }: Rotation): string {
  return `The old key is forgotten: ${oldKeyFile} is gone, and ${keyFile} holds the new key alone.
Copies of the stores that were made before need the old key: remove them, or keep it with them.`;
}

function unknownDeed(deed: string): UsageError {
  const remedy = "The form is:  rampart secrets rotate [--confirm]";
  return new UsageError(
    "rampart secrets does not know this",
    [{ path: deed, reason: "is nothing that is done to secrets.", remedy }],
    "rampart docs secrets",
  );
}
