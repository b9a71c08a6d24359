import { hash } from "node:crypto";
import { withReferences } from "../model/secret.ts";
import type { DiffWorld } from "../resources/kind.ts";
import type { World } from "./world.ts";

export function sha256(content: string | Uint8Array): string {
  return hash("sha256", content);
}

/** The text with its secrets, programs and certificates in place. */
export function resolved(text: string, world: World): string {
  return withReferences(text, (name, kind) => {
    if (kind === "secret") return world.secretValue(name);
    if (kind === "program") return world.program(name);
    if (kind === "trust") return world.publicTrust + world.trusted;
    return kind === "ca" ? world.trusted : world.authority.certificatePem;
  });
}

export function diffWorld(world: World, now: number): DiffWorld {
  return { digest: sha256, resolve: (text) => resolved(text, world), now: Math.floor(now / 1000) };
}
