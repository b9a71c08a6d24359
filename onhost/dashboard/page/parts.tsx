import type { ComponentChildren } from "preact";
import { agoText, noData } from "../../../src/base/figures.ts";
import { linkTo } from "./state.ts";

// Small things that every page is made of.

/** A figure with its name. `value` is "no data" when it is not known, and looks so. */
export function Tile({
  name,
  value,
  note,
  tone,
  children,
}: {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
  readonly tone?: "good" | "careful" | "bad" | undefined;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class={`tile${value === noData ? " missing" : ""}${tone ? ` ${tone}` : ""}`}>
      <dt>{name}</dt>
      <dd>
        <span class="value">{value}</span>
        {note && <span class="note">{note}</span>}
        {children}
      </dd>
    </div>
  );
}

export function Card({
  title,
  to,
  children,
  wide,
}: {
  readonly title: string;
  readonly to?: string;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  return (
    <section class={`card${wide ? " wide" : ""}`}>
      <h2>{to ? <a href={linkTo(to)}>{title}</a> : title}</h2>
      {children}
    </section>
  );
}

/** A small line of how something went; a gap where nothing is known. */
export function Spark({ values, label }: { readonly values: readonly (number | null)[]; readonly label: string }) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const [width, height] = [120, 28];
  let path = "";
  values.forEach((value, index) => {
    if (value === null) return;
    const x = (index / Math.max(1, values.length - 1)) * width;
    const y = height - 2 - (value / top) * (height - 4);
    path += `${index === 0 || values[index - 1] === null ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return (
    <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <path d={path} />
    </svg>
  );
}

/** A share as a bar, with its words beside it. */
export function Bar({ share, text }: { readonly share: number | null; readonly text: string }) {
  const state = share === null ? "missing" : share > 0.9 ? "bad" : share > 0.75 ? "careful" : "";
  return (
    <span class={`bar ${state}`}>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect class="room" width="100" height="6" rx="3" />
        {share !== null && <rect class="used" width={Math.max(1, share * 100)} height="6" rx="3" />}
      </svg>
      <span>{text}</span>
    </span>
  );
}

export function Ago({ at, now }: { readonly at: string | null; readonly now: string }) {
  if (at === null) return <span>never</span>;
  return (
    <time dateTime={at} title={at}>
      {agoText(at, Date.parse(now))}
    </time>
  );
}

/** A word with a shape before it, so that colour is not all that tells. */
export function Word({
  tone,
  children,
}: {
  readonly tone: "good" | "careful" | "bad" | "missing";
  readonly children: ComponentChildren;
}) {
  const shapes = { good: "●", careful: "▲", bad: "✕", missing: "○" };
  return (
    <span class={`word ${tone}`}>
      <span aria-hidden="true">{shapes[tone]}</span> {children}
    </span>
  );
}

/** Something that may be wider than the screen: it is moved by the keyboard, too, so it can be reached by it. */
export function Scroll({ label, children }: { readonly label: string; readonly children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: WCAG 2.1.1 wants what scrolls to be reached by the keyboard
    <section class="card wide scroll" aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}
