/** One line on standard error that says what is waited for: rewritten on a terminal, a line for each change elsewhere. */
export interface Waiting {
  say(text: string): void;
  end(): void;
}

export function waiting(silent: boolean): Waiting {
  const live = process.stderr.isTTY === true;
  let last = "";
  return {
    say(text) {
      if (silent || text === last) return;
      last = text;
      const width = (process.stderr.columns ?? 80) - 1;
      process.stderr.write(live ? `\r\u001b[K${text.slice(0, width)}` : `${text}\n`);
    },
    end() {
      if (!silent && live && last !== "") process.stderr.write("\r\u001b[K");
      last = "";
    },
  };
}
