import { signal } from "@preact/signals";

/** "auto" follows the system. */
export type Choice = "auto" | "light" | "dark";

const kept = localStorage.getItem("theme");
export const choice = signal<Choice>(kept === "light" || kept === "dark" ? kept : "auto");
const system = matchMedia("(prefers-color-scheme: dark)");
/** What is shown. */
export const theme = signal<"light" | "dark">("light");

function apply(): void {
  const shown = choice.value === "auto" ? (system.matches ? "dark" : "light") : choice.value;
  document.documentElement.dataset.theme = shown;
  theme.value = shown;
}

export function choose(next: Choice): void {
  choice.value = next;
  localStorage.setItem("theme", next);
  apply();
}

export function followSystem(): void {
  system.addEventListener("change", apply);
  apply();
}
