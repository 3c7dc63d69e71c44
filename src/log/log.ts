import type { SecretMask } from "../environment/mask.ts";
import { plainText, withoutAnsi } from "../text/plain-text.ts";
import type { Progress } from "./progress.ts";
import { startProgress } from "./progress.ts";

/** What people read while it runs: one line per state change, in order. */
export interface Log {
  info(line: string): void;
  /** `page` of the documentation, relative to its folder, is linked below the line. */
  warn(line: string, page?: string): void;
  /** Shown after the open sections, so that a collapsed one hides no error. */
  error(line: string, page?: string): void;
  /** Collapsible in GitLab's job log, a plain title elsewhere; closed in any case. */
  section<T>(
    title: string,
    work: () => Promise<T>,
    options?: { collapsed?: boolean },
  ): Promise<T>;
  /** A long piece of work: a bar on a terminal, a line every 15 s elsewhere. `total` in `unit`. */
  progress(label: string, total?: number, unit?: "bytes" | "steps"): Progress;
}

/** The log of the whole program. */
export interface ProgramLog extends Log {
  /** For an end in the middle of sections: closes them, and shows the errors that waited for their end. */
  endSections(): void;
}

export interface LogTarget {
  write(text: string): void;
  isTTY: boolean;
}

export interface LogOptions {
  /** GitLab's section markers. */
  sections: boolean;
  colour: boolean;
  mask: SecretMask;
  now(): Date;
  /** The folder of the documentation's pages; null: lines link to none. */
  docs: string | null;
}

const COLOUR = {
  error: "\u001b[31m",
  warn: "\u001b[33m",
  title: "\u001b[1m",
  off: "\u001b[0m",
};
const CLEAR_LINE = "\r\u001b[2K";

/** A log on one stream. Every text is masked and made plain here, so that callers may pass foreign text. */
export function createLog(target: LogTarget, options: LogOptions): ProgramLog {
  const late: string[] = [];
  const open = new Set<string>();
  let opened = 0;
  let bar = "";

  const clean = (text: string) => plainText(withoutAnsi(options.mask(text)));
  const oneLine = (text: string) => clean(text).replaceAll("\n", " ");
  const paint = (text: string, colour: string) =>
    options.colour ? `${colour}${text}${COLOUR.off}` : text;

  const seconds = () => Math.floor(options.now().getTime() / 1000);

  function print(text: string): void {
    target.write(`${bar && CLEAR_LINE}${text}\n${bar}`);
  }

  function showBar(text: string): void {
    const shown = oneLine(text);
    if (shown !== bar) target.write(`${CLEAR_LINE}${shown}`);
    bar = shown;
  }

  const more = (page?: string) =>
    page && options.docs ? [`more: ${options.docs}/${page}`] : [];

  function warn(line: string, page?: string): void {
    const text = paint(`warning: ${clean(line)}`, COLOUR.warn);
    print([text, ...more(page)].join("\n"));
  }

  function error(line: string, page?: string): void {
    const [first, ...rest] = clean(line).split("\n");
    const text = [
      paint(`error: ${first}`, COLOUR.error),
      ...rest,
      ...more(page),
    ].join("\n");
    if (open.size > 0) late.push(text);
    else print(text);
  }

  async function section<T>(
    title: string,
    work: () => Promise<T>,
    { collapsed = false } = {},
  ): Promise<T> {
    const text = oneLine(title);
    const name = sectionName(text, ++opened);
    const start = `\u001b[0Ksection_start:${seconds()}:${name}${collapsed ? "[collapsed=true]" : ""}\r\u001b[0K`;

    print(`${options.sections ? start : ""}${paint(text, COLOUR.title)}`);
    open.add(name);

    try {
      return await work();
    } finally {
      close(name);
    }
  }

  function close(name: string): void {
    if (!open.delete(name)) return;

    if (options.sections)
      print(`\u001b[0Ksection_end:${seconds()}:${name}\r\u001b[0K`);
    if (open.size === 0) for (const line of late.splice(0)) print(line);
  }

  return {
    info: (line) => print(clean(line)),
    warn,
    error,
    section,
    endSections: () => [...open].reverse().forEach(close),
    progress: (label, total, unit = "steps") =>
      startProgress(
        { label, unit, total: total ?? 0 },
        {
          bar: target.isTTY ? showBar : null,
          line: (text) => print(oneLine(text)),
          now: options.now,
        },
      ),
  };
}

/** Colours are for terminals and for GitLab's log, which shows them; `NO_COLOR` and `FORCE_COLOR` decide where set. */
export function wantsColour(
  env: Readonly<Record<string, string | undefined>>,
  isTTY: boolean,
): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== "0";
  return isTTY || Boolean(env.GITLAB_CI);
}

/** GitLab takes `[A-Za-z0-9_.-]`, and each name once in a job. */
function sectionName(title: string, count: number): string {
  const slug = title.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 40);
  return `${slug}_${count}`;
}
