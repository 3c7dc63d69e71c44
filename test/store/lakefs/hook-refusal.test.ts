import { expect, test } from "vitest";
import { readHookRefusal } from "../../../src/store/lakefs/hook-refusal.ts";

// Messages of lakeFS v1.84, as measured.
test.each([
  [
    "a branch's name, in Lua",
    "pre-create-branch hook aborted, run id '4okt': 1 error occurred:\n\t* hook run id '0000_0000' failed on action 'names' hook 'naming': action failed: runtime error: [string \"lua\"]:3: branch name must start with feat: evil\nstack traceback:\n\t[Go]: in ?\n\t[string \"lua\"]:3: in main chunk\n\n",
    {
      event: "pre-create-branch",
      who: "hook naming of action names",
      says: "branch name must start with feat: evil",
      outage: false,
    },
  ],
  [
    "a merge, by a webhook",
    "update branch main: pre-merge hook aborted, run id '1': 1 error occurred:\n\t* hook run id '0000_0000' failed on action 'prem' hook 'h_prem': action failed: webhook request failed (status code: 403)\n\n",
    {
      event: "pre-merge",
      who: "hook h_prem of action prem",
      says: "webhook request failed (status code: 403)",
      outage: false,
    },
  ],
  [
    "a merge, by a webhook that did not answer",
    "update branch main: pre-merge hook aborted, run id '1': 1 error occurred:\n\t* hook run id '0000_0000' failed on action 'prem' hook 'h': action failed: Post \"http://x\": context deadline exceeded\n\n",
    {
      event: "pre-merge",
      who: "hook h of action prem",
      says: 'Post "http://x": context deadline exceeded',
      outage: true,
    },
  ],
  [
    "everything, by a file that cannot be read",
    "commit: prepare-commit hook aborted, run id '1': parsing file _lakefs_actions/a.yaml: 'name' is invalid",
    {
      event: "prepare-commit",
      who: "a hook",
      says: "commit: prepare-commit hook aborted, run id '1': parsing file _lakefs_actions/a.yaml: 'name' is invalid",
      outage: false,
    },
  ],
])(
  "tells the hook's own words of a refusal of %s",
  (_what, message, refusal) => {
    expect(readHookRefusal(message)).toEqual(refusal);
  },
);
