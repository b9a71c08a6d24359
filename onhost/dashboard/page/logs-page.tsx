import { useEffect, useState } from "preact/hooks";
import type { Overview } from "../../../src/model/overview.ts";
import { ask, type LogAnswer } from "./api.ts";
import { address, changeWords, live, span } from "./state.ts";

/** What hosts said. Every line is text: nothing in it is ever run. */
export function LogsPage({ overview }: { readonly overview: Overview }) {
  const words = address.value.searchParams;
  const [host, unit, text] = ["host", "unit", "text"].map((name) => words.get(name) ?? "");
  const [answer, setAnswer] = useState<LogAnswer | undefined>();
  const [problem, setProblem] = useState("");
  const { seconds, to } = span.value;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const load = async () => {
      const end = to ?? Date.now() / 1000 + 1;
      const question = new URLSearchParams({
        host: host ?? "",
        unit: unit ?? "",
        text: text ?? "",
        from: String(end - seconds),
        to: String(end),
      });
      try {
        const found = await ask<LogAnswer>(`/api/logs?${question}`, 15_000);
        if (over) return;
        setAnswer(found);
        setProblem("");
      } catch (error) {
        if (!over) setProblem(error instanceof Error ? error.message : "There is no answer.");
      }
      if (!over && to === undefined) timer = setTimeout(() => void load(), 5000);
    };
    void load();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [host, unit, text, seconds, to]);
  return (
    <>
      <h1>Logs</h1>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          changeWords({
            host: String(form.get("host")),
            unit: String(form.get("unit")),
            text: String(form.get("text")),
          });
        }}
      >
        <label>
          Host{" "}
          <select name="host" value={host} onChange={(event) => changeWords({ host: event.currentTarget.value })}>
            <option value="">all</option>
            {overview.hosts.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Unit <input name="unit" value={unit} placeholder="haproxy, app-shop …" />
        </label>
        <label class="long">
          Text <input name="text" type="search" value={text} placeholder="what the line holds" />
        </label>
        <button type="submit">Search</button>
      </form>
      {problem !== "" && <p class="problem">{problem}</p>}
      <Lines answer={answer} />
    </>
  );
}

function Lines({ answer }: { readonly answer: LogAnswer | undefined }) {
  if (answer === undefined) return <p class="quiet">Searching …</p>;
  if (answer.lines.length === 0)
    return (
      <p class="empty">No line in this time{live.value ? "; hosts say something at least every five minutes" : ""}.</p>
    );
  return (
    <>
      <p class="quiet">
        {answer.more === "" ? `${answer.lines.length} lines, newest first.` : `${answer.more} Newest first.`} Times are
        UTC.
      </p>
      <ol class="log card wide">
        {answer.lines.toReversed().map(({ at, host, name, priority, message }, index) => (
          <li
            key={`${at} ${host} ${index}`}
            class={priority !== null && priority <= 3 ? "grave" : priority === 4 ? "warned" : ""}
          >
            <time dateTime={at}>
              {at.slice(5, 10)} {at.slice(11, 23)}
            </time>{" "}
            <span class="who">
              {host} {name}
            </span>{" "}
            <span class="said">{message}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
