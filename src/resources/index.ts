import type { Resource, ResourceKind } from "../model/resource.ts";
import { certificateKind } from "./certificate.ts";
import { directoryKind } from "./directory.ts";
import { fileKind } from "./file.ts";
import { firewallKind } from "./firewall.ts";
import type { Kind } from "./kind.ts";
import { packageKind } from "./package.ts";
import { releaseKind } from "./release.ts";
import { unitKind } from "./unit.ts";
import { userKind } from "./user.ts";

/** Every kind, in the order in which the changes of one host are made: a file's owner comes with a package, and so on. */
export const kinds: readonly Kind[] = [
  packageKind,
  userKind,
  directoryKind,
  certificateKind,
  fileKind,
  firewallKind,
  releaseKind,
  unitKind,
] as unknown as readonly Kind[];

export function kindOf(name: ResourceKind): Kind {
  const found = kinds.find((kind) => kind.kind === name);
  if (!found) throw new Error(`no resource kind ${name}`);
  return found;
}

/** The kind of a resource, typed for it. */
export function kindFor<R extends Resource>(resource: R): Kind<R> {
  return kindOf(resource.kind) as unknown as Kind<R>;
}
