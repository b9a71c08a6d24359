import { signal } from "@preact/signals";
import type { Mark } from "./api.ts";

/** What happened to the site, oldest first. */
export const marks = signal<readonly Mark[]>([]);
