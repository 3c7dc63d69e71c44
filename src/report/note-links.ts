import { errorPage } from "../text/docs-address.ts";
import { code, link, type NameMarkdown } from "./markdown.ts";
import type { SummaryModel } from "./summary.ts";
import type { TargetChanges } from "./target-change.ts";

/** Where a reader of the note can go on; null where there is no such place. */
export interface NoteLinks {
  /** The run's page among the job's artifacts. */
  report: string | null;
  /** All artifacts of the job. */
  artifacts: string | null;
  /** The job's log. */
  job: string | null;
  /** The folder of the documentation's pages. */
  docs: string;
  /** A published file, by its path in the store, at the commit that holds it. */
  file(path: string): string | null;
  /** What a model's engine printed. */
  engineLog(name: string): string | null;
  /** What the run looked at: the data branch at its commit. */
  data: string | null;
}

/** What a note knows beside the summary. */
export interface NoteExtras {
  links: NoteLinks;
  /** What the merge request changes; null where there is nothing to compare with. */
  changes: TargetChanges | null;
  /** Of the model that matters most; null where there is none. */
  picture: NotePicture | null;
  version: string;
}

/** What both frameworks find in one sample, side by side. */
export interface NotePicture {
  /** Of the model. */
  name: string;
  /** Address of a PNG that GitLab shows to those who see the merge request. */
  url: string;
}

/** A model's part of the run's page; the page gives it this id. */
export function modelAnchor(name: string): string {
  return `model-${name}`;
}

/** A model's name as code, which leads to its part of the run's page. */
export function linkedNames({
  report,
}: Pick<NoteLinks, "report">): NameMarkdown {
  return (name) => {
    const part = encodeURIComponent(modelAnchor(name));
    return link(code(name), report && `${report}#${part}`) ?? code(name);
  };
}

const PAGE_OF_CHECK: Readonly<Record<string, string>> = {
  contract: "what-green-means.md#the-contract-in-words",
  parity: "what-green-means.md#parity-in-words",
  behaviour: "what-green-means.md#behaviour-in-words",
  profile: "profiles.md",
  performance: "performance.md",
};

/** The documentation's page about a check, relative to its folder. */
export function pageOfCheck(check: string): string {
  return PAGE_OF_CHECK[check] ?? "what-green-means.md#the-checks";
}

/** The documentation's page about a reason, relative to its folder. */
export function pageAbout({
  check,
  status,
  code: word,
}: SummaryModel["reasons"][number]): string {
  if (status === "failed") return errorPage(word);
  return pageOfCheck(check);
}
