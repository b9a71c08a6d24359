import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";
import type { Payload } from "./compile.ts";

/** The payloads as one tar stream, made while it is read: an archive of hundreds of MiB never lies in memory. */
export async function archiveOf(payloads: readonly Payload[]): Promise<Readable> {
  const tar = pack();
  const sized = await Promise.all(
    payloads.map(async (payload) => ({
      payload,
      size: "localFile" in payload ? (await stat(payload.localFile)).size : 0,
    })),
  );
  const fill = async () => {
    for (const { payload, size } of sized) {
      if ("content" in payload) tar.entry({ name: payload.name, mode: 0o600 }, payload.content);
      else await pipeline(createReadStream(payload.localFile), tar.entry({ name: payload.name, mode: 0o600, size }));
    }
    tar.finalize();
  };
  fill().catch((error: Error) => tar.destroy(error));
  return Readable.from(tar);
}
