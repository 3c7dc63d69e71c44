import { UsageError } from "../../errors.ts";
import type { NotePlace, VersionNotes } from "../target.ts";
import type { MlflowClient } from "./client.ts";
import { LONGEST_TAG } from "./names.ts";
import { promotedVersions } from "./versions.ts";

/** Tags of a model's version: a note in as many parts as it needs. */
const TAG = "edge.note.";
const MOST_PARTS = 100;

/** Notes as tags of MLflow's version. Not atomic: MLflow compares nothing. */
export function mlflowNotes(client: MlflowClient): VersionNotes {
  return {
    read: async (place) => noteIn(await tagsOfVersion(client, place), place),
    async write(place, { was, is }) {
      const version = await found(client, place);
      if (noteIn(version.tags, place) !== was) return false;

      const parts = partsOf(client, place, is);
      for (const [at, value] of parts.entries())
        await client.call({
          ...{ method: "POST", path: "model-versions/set-tag" },
          what: `writing the note ${place.name} of ${place.model.name} ${place.release}`,
          data: {
            name: place.model.name,
            version: String(version.number),
            ...{ key: keyOf(place, at), value },
          },
        });

      return true;
    },
  };
}

/** The first part says how many there are: older ones may be left. */
function partsOf(
  client: MlflowClient,
  { name, release }: NotePlace,
  text: string,
): string[] {
  const size = LONGEST_TAG - 8;
  const characters = [...text];
  const count = Math.max(1, Math.ceil(characters.length / size));
  if (count > MOST_PARTS)
    throw new UsageError(
      `${client.base}: the note ${name} of ${release} has ${characters.length} characters, and MLflow keeps ${size * MOST_PARTS}`,
      {
        code: "handover-record",
        hint: "hand over fewer files, or a folder (`{folder}`)",
      },
    );

  return [...Array(count).keys()].map((at) => {
    const part = characters.slice(at * size, (at + 1) * size).join("");
    return at === 0 ? `${count}:${part}` : part;
  });
}

function noteIn(
  tags: ReadonlyMap<string, string>,
  place: NotePlace,
): string | null {
  const first = tags.get(keyOf(place, 0));
  const [, count, text = ""] = /^(\d+):(.*)$/s.exec(first ?? "") ?? [];
  if (count === undefined) return null;

  const others = [...Array(Number(count)).keys()].slice(1);
  return text + others.map((at) => tags.get(keyOf(place, at)) ?? "").join("");
}

function keyOf({ name }: NotePlace, at: number): string {
  return `${TAG}${name}.${at}`;
}

async function tagsOfVersion(client: MlflowClient, place: NotePlace) {
  return (await found(client, place)).tags;
}

async function found(client: MlflowClient, { model, release }: NotePlace) {
  const versions = await promotedVersions(client, model.name);
  const version = versions.find((each) => each.release === release);
  if (version) return version;

  throw new UsageError(
    `${client.base}: version ${release} of ${model.name} is gone`,
    {
      code: "release-damaged",
      hint: "look who deleted it in MLflow, and promote it again",
    },
  );
}
