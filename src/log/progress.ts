import { formatBytes } from "../text/format-bytes.ts";

export interface Progress {
  advance(by: number): void;
  /** For work that reports where it stands, and in which stage: a new one is worth a line. */
  at(done: number, total?: number, stage?: string): void;
  end(): void;
}

export interface Work {
  label: string;
  unit: "bytes" | "steps";
  /** 0 where unknown. */
  total: number;
}

/** Where progress is shown: `bar` redraws one line of a terminal, null where there is none. */
export interface ProgressDisplay {
  bar: ((text: string) => void) | null;
  line(text: string): void;
  now(): Date;
}

const LINE_EVERY_MS = 15_000;
const BAR_EVERY_MS = 200;
const SHORT_WORK_S = 1;
const BAR_WIDTH = 20;

/** Shows until `end()`: also while nothing advances, so that a stall is seen. Never keeps the process alive. */
export function startProgress(work: Work, display: ProgressDisplay): Progress {
  const started = display.now().getTime();
  let { total } = work;
  let done = 0;
  let what = "";
  const seconds = () => (display.now().getTime() - started) / 1000;
  const state = () => ({ ...work, total, done, what, seconds: seconds() });
  const show = () =>
    display.bar
      ? display.bar(progressBar(state()))
      : display.line(progressLine(state()));

  const timer = setInterval(show, display.bar ? BAR_EVERY_MS : LINE_EVERY_MS);

  timer.unref();

  let ended = false;

  return {
    advance(by) {
      done += by;
    },
    at(position, newTotal, stage = what) {
      done = position;
      total = newTotal ?? total;

      const next = stage !== what;
      what = stage;
      if (next && !ended && !display.bar && seconds() >= SHORT_WORK_S) show();
    },
    end() {
      if (ended) return;

      ended = true;
      clearInterval(timer);
      display.bar?.("");
      if (seconds() >= SHORT_WORK_S) display.line(finalLine(state()));
    },
  };
}

interface ProgressState extends Work {
  done: number;
  /** The stage that it is in, "" where it has none. */
  what: string;
  /** Since it began. */
  seconds: number;
}

/** `upload: 1.2 GB of 4.0 GB (30 %), 102 MB/s, 28 s left` or `detector: export, 2 of 5, 41 s so far` */
function progressLine(state: ProgressState): string {
  const { done, total, unit, what, seconds } = state;
  const so = `${duration(seconds)} so far`;

  if (unit === "steps") {
    const parts = [
      what,
      total > 0 ? `${done} of ${total}` : done > 0 ? String(done) : "",
      so,
    ];
    return `${state.label}: ${parts.filter((part) => part !== "").join(", ")}`;
  }

  const amount =
    total > 0
      ? `${formatBytes(done)} of ${formatBytes(total)} (${percent(state)} %)`
      : formatBytes(done);

  const rate = seconds > 0 ? done / seconds : 0;
  const left =
    total > done && rate > 0 ? `${duration((total - done) / rate)} left` : so;

  return `${state.label}: ${amount}, ${formatBytes(rate)}/s, ${left}`;
}

/** `upload [######--------------]  30 %  1.2 GB of 4.0 GB, …`, short enough for 80 columns in the common case. */
function progressBar(state: ProgressState): string {
  const label =
    state.label.length > 24 ? `${state.label.slice(0, 23)}…` : state.label;
  const filled = Math.round((percent(state) / 100) * BAR_WIDTH);
  const bar = `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
  const rest = progressLine({ ...state, label: "" }).slice(2);

  return state.total > 0
    ? `${label} ${bar} ${rest}`.slice(0, 79)
    : `${label} ${rest}`.slice(0, 79);
}

/** Says what was done, not that it was done well: also work that failed ends. */
function finalLine({
  label,
  unit,
  done,
  total,
  what,
  seconds,
}: ProgressState): string {
  if (unit === "bytes")
    return done < total
      ? `${label}: ended after ${duration(seconds)}, with ${formatBytes(done)} of ${formatBytes(total)}`
      : `${label}: ${formatBytes(done)} in ${duration(seconds)}, ${formatBytes(done / seconds)}/s`;
  const where =
    done < total
      ? `ended${what && ` in ${what}`}, ${done} of ${total},`
      : "took";

  return `${label}: ${where} ${duration(seconds)}`;
}

function percent({ done, total }: ProgressState): number {
  return total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 0;
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;

  const whole = Math.round(seconds);
  if (whole < 120) return `${whole} s`;

  const minutes = Math.floor(whole / 60);
  if (minutes < 10) return `${minutes} min ${whole % 60} s`;

  return minutes < 120
    ? `${minutes} min`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
