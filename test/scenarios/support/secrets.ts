import { join } from "node:path";
import { createAuthority } from "../../../src/pki/authority.ts";
import { openStore } from "../../../src/secrets/store.ts";
import { scratch, shop } from "./site.ts";

/** Every secret of the shop by name, and the key of its CA: what must be read nowhere. */
export async function secretValues(): Promise<ReadonlyMap<string, string>> {
  const keyFile = join(scratch, "key.txt");
  const store = await openStore(shop.folder, "lab", { createAuthority, keyFile });
  const authority = await store.authority(shop.name, new Date());
  const key = authority.keyPem.reveal().split("\n")[1] ?? "";
  return new Map([...store.names().map((name) => [name, store.secret(name).reveal()] as const), ["the CA's key", key]]);
}

/** The names of the secrets whose value a text holds. */
export async function secretsIn(text: string): Promise<readonly string[]> {
  return [...(await secretValues())].filter(([, value]) => text.includes(value)).map(([name]) => name);
}
