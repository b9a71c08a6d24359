import { createHash } from "node:crypto";
import { constants, fstatSync, fsyncSync, openSync, readSync, write, writeSync } from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { syncFolder } from "./disk.ts";

/**
 * A small record that must be on the disk before the next thing happens, while writes wait. It has two places in one file that are written in turn,
 * each in one write to blocks that the file already has: one wait for the disk, where a new file and its renaming take four, and a full disk
 * keeps nobody from promising. A write that a power cut tore is told by its digest; the one before it holds then.
 */
export interface Record<T> {
  /** What was last written; undefined when nothing was. */
  readonly value: T | undefined;
  /** On the disk when it resolves; one at a time. */
  readonly write: (value: T) => Promise<void>;
}

/** Bytes of a place. */
const size = 8192;

const written = promisify(write);

/** Opens the record for as long as this process runs; makes the file when there is none. One that cannot be read is an error: nothing is guessed. */
export async function openRecord<T>(file: string): Promise<Record<T>> {
  const handle = await opened(file);
  const places = [0, 1].map((at) => readPlace<T>(handle, at));
  // One place without sense is a write that was torn; the other has what was before, if there was anything.
  if (places.every((place) => place === "broken")) throw new Error(`${file} cannot be read`);
  const whole = places.filter((place) => typeof place === "object");
  const [last] = whole.toSorted((one, other) => other.number - one.number);
  let number = last?.number ?? 0;
  return {
    value: last?.value,
    write: async (value) => {
      number += 1;
      const bytes = placeOf(number, value);
      await written(handle, bytes, 0, bytes.length, (number % 2) * size);
    },
  };
}

/** With its blocks, and its name in the folder, on the disk. */
async function opened(file: string): Promise<number> {
  const handle = openSync(file, constants.O_RDWR | constants.O_CREAT | constants.O_DSYNC, 0o600);
  const { size: length } = fstatSync(handle);
  if (length >= 2 * size) return handle;
  writeSync(handle, Buffer.alloc(2 * size - length), 0, 2 * size - length, length);
  fsyncSync(handle);
  await syncFolder(dirname(file));
  return handle;
}

function readPlace<T>(handle: number, at: number): { number: number; value: T } | "empty" | "broken" {
  const bytes = Buffer.alloc(size);
  readSync(handle, bytes, 0, size, at * size);
  if (bytes.every((byte) => byte === 0)) return "empty";
  const [line = ""] = bytes.toString().split("\n", 1);
  const text = line.slice(65);
  if (digestOf(text) !== line.slice(0, 64)) return "broken";
  const [number, value] = JSON.parse(text) as [number, T];
  return { number, value };
}

function placeOf(number: number, value: unknown): Buffer {
  const text = JSON.stringify([number, value]);
  const bytes = Buffer.from(`${digestOf(text)} ${text}\n`);
  if (bytes.length > size) throw new Error(`the record is longer than ${size} bytes`);
  return bytes;
}

function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
