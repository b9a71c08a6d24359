import type { Change, Step } from "../model/plan.ts";
import type { CertificateResource } from "../model/resource.ts";
import { issueCertificate } from "../pki/certificate.ts";
import {
  certificateDays,
  certificateRecord,
  certificateRecordFile,
  certificateWish,
  keyMode,
} from "../resources/certificate.ts";
import type { Payload, ReadyChange, ReadyStep } from "./compile.ts";
import { diffWorld, resolved, sha256 } from "./references.ts";
import type { World } from "./world.ts";

/** The changes of a host with everything in them that a plan must not hold: secrets, keys, archives. */
export async function readyChanges(
  changes: readonly Change[],
  world: World,
): Promise<{ readonly changes: readonly ReadyChange[]; readonly payloads: readonly Payload[] }> {
  const payloads: Payload[] = [];
  const carry = (payload: { content: string } | { localFile: string }): string => {
    const name = `p${payloads.length}`;
    payloads.push({ name, ...payload });
    return name;
  };
  const ready = await Promise.all(
    changes.map(async (change) => {
      const steps = await Promise.all(change.steps.map((step) => readySteps(step, world, carry)));
      return { change, steps: steps.flat() };
    }),
  );
  return { changes: ready, payloads };
}

type Carry = (payload: { content: string } | { localFile: string }) => string;

async function readySteps(step: Step, world: World, carry: Carry): Promise<readonly ReadyStep[]> {
  switch (step.kind) {
    case "put": {
      const { file, mode, owner, group } = step;
      return [{ kind: "put", file, payload: carry({ content: resolved(step.content, world) }), mode, owner, group }];
    }
    case "sign":
      return signed(step.certificate, world, carry);
    case "archive": {
      const payload = carry({ localFile: await world.archive(step.release, step.id) });
      return [{ kind: "put", file: step.file, payload, mode: "0600", owner: "root", group: "root" }];
    }
    default:
      return [step];
  }
}

/** A new key and certificate: the key is made here, travels once and is kept by the host alone. */
async function signed(wanted: CertificateResource, world: World, carry: Carry): Promise<readonly ReadyStep[]> {
  const now = new Date();
  const issued = await issueCertificate(world.authority, { ...wanted, days: certificateDays }, now);
  const bundle = wanted.certificateFile === wanted.keyFile;
  const key = bundle ? issued.certificatePem + issued.keyPem.reveal() : issued.keyPem.reveal();
  const certificate = bundle ? key : issued.certificatePem;
  const record = certificateRecord({
    wish: certificateWish(wanted, diffWorld(world, now.getTime())),
    certificateDigest: sha256(certificate),
    keyDigest: sha256(key),
    notAfter: Math.floor(issued.notAfter.getTime() / 1000),
  });
  const put = (file: string, content: string, mode: string, group: string): ReadyStep => ({
    kind: "put",
    file,
    payload: carry({ content }),
    mode,
    owner: "root",
    group,
  });
  return [
    put(wanted.keyFile, key, keyMode(wanted), wanted.group),
    ...(bundle ? [] : [put(wanted.certificateFile, certificate, "0644", "root")]),
    put(certificateRecordFile(wanted.certificateFile), record, "0600", "root"),
  ];
}
