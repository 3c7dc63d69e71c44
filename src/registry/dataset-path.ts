import type { DatasetWish } from "../config/dataset-options.ts";
import { UsageError } from "../errors.ts";
import { checkedName } from "./layout.ts";

/**
 * Its folder in AWML's layout: `info/{version}/{set}`, `auto_label/{day}_{dataset}`. Throws `UsageError` for a name that is
 * no part of a path, or a day that is none.
 */
export function datasetPath(wish: DatasetWish): string {
  if (wish.kind === "info")
    return `info/${awmlVersion(wish.awmlVersion)}/${checkedName("the set", wish.set)}`;

  const dataset = checkedName("the data set", wish.dataset);
  return `auto_label/${checkedDay(wish.day)}_${dataset}`;
}

function awmlVersion(version: string): string {
  if (/^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version))
    return version;

  throw new UsageError(`AWML's version ${JSON.stringify(version)} is not one`, {
    code: "release-name",
    hint: "write it as its tag: `--awml-version v0.3.0`",
  });
}

function checkedDay(day: string): string {
  const [, year, month, date] = /^(\d{4})(\d\d)(\d\d)$/.exec(day) ?? [];
  const time = Date.parse(`${year}-${month}-${date}T00:00:00Z`);
  const isDay =
    !Number.isNaN(time) && new Date(time).getUTCDate() === Number(date);
  if (isDay) return day;

  throw new UsageError(`the day ${JSON.stringify(day)} is not one`, {
    code: "release-name",
    hint: "write year, month and day as eight digits: `--day 20241101`",
  });
}
