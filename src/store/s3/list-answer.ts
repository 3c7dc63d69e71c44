import { Garbled } from "../transfer/errors.ts";
import { rawEtag } from "./etag.ts";

/** What an entry of any list of S3 says of an object, as the SDK read it. */
interface Entry {
  Key?: string | undefined;
  Size?: number | undefined;
  LastModified?: Date | undefined;
}

/** A page of a list of objects, as the SDK read it. */
interface ListAnswer {
  Contents?: (Entry & { ETag?: string | undefined })[] | undefined;
  CommonPrefixes?: { Prefix?: string | undefined }[] | undefined;
  IsTruncated?: boolean | undefined;
  NextContinuationToken?: string | undefined;
  EncodingType?: string | undefined;
}

/** What a list must say of an object. */
interface KnownEntry {
  key: string;
  /** Bytes. */
  size: number;
  changedAt: Date;
}

export interface ListedObject extends KnownEntry {
  /** As the server has it, without quotes; "" where it has none. */
  etag: string;
}

export interface ListPage {
  objects: ListedObject[];
  /** What lies between the prefix and the next `/`, where it was asked for. */
  folders: string[];
  next: string | undefined;
}

/** A page of the objects below `prefix`, asked for with `token`. Throws `Garbled` as the functions below. */
export function pageOf(
  answer: ListAnswer,
  prefix: string,
  token: string | undefined,
): ListPage {
  const { Contents = [], EncodingType } = answer;

  return {
    objects: Contents.map((each) => ({
      ...entryOf(each, { prefix, EncodingType }),
      etag: rawEtag(each),
    })),
    folders: foldersOf(answer, prefix),
    next: nextPage(answer, prefix, token),
  };
}

/**
 * An entry of a list below `prefix`. Throws `Garbled` where a value is missing or none that S3 gives: with a wrong key, size
 * or time something else would be read, or removed, than is there. The SDK makes `NaN` of a damaged number.
 */
export function entryOf(
  { Key, Size, LastModified }: Entry,
  {
    prefix,
    EncodingType,
  }: { prefix: string; EncodingType?: string | undefined },
): KnownEntry {
  const key = keyOf(Key, prefix, EncodingType);
  if (Size === undefined || !Number.isSafeInteger(Size) || Size < 0)
    throw new Garbled(`the list of ${prefix} has no size of ${key}`);
  if (!LastModified || Number.isNaN(LastModified.getTime()))
    throw new Garbled(`the list of ${prefix} has no time of ${key}`);

  return { key, size: Size, changedAt: LastModified };
}

/** The folders of a page, each with `/` at its end. Throws `Garbled` as `entryOf`. */
function foldersOf(
  { CommonPrefixes = [], EncodingType }: ListAnswer,
  prefix: string,
): string[] {
  return CommonPrefixes.map(({ Prefix }) => {
    const folder = keyOf(Prefix, prefix, EncodingType);
    if (folder.endsWith("/")) return folder;
    throw new Garbled(`the list of ${prefix} has the folder ${folder}`);
  });
}

/**
 * The token of the next page; undefined where this one is the last. Throws `Garbled` where there is more, and nothing leads
 * there: a list that ends too early looks as if the rest had been removed. The SDK makes `false` of a damaged truth value,
 * so that a token counts for more.
 */
function nextPage(
  { IsTruncated, NextContinuationToken, ...page }: ListAnswer,
  prefix: string,
  token: string | undefined,
): string | undefined {
  const next = NextContinuationToken === token ? "" : NextContinuationToken;
  const isEmpty = !page.Contents?.length && !page.CommonPrefixes?.length;
  if (next && (IsTruncated || !isEmpty)) return next;
  if (!IsTruncated) return undefined;

  throw new Garbled(`the list of ${prefix || "the bucket"} breaks off`);
}

/** A server may encode keys without being asked to. */
function keyOf(
  key: string | undefined,
  prefix: string,
  encoding: string | undefined,
): string {
  const plain = encoding === "url" ? decoded(key ?? "", prefix) : (key ?? "");
  if (plain !== "" && plain.startsWith(prefix)) return plain;

  throw new Garbled(
    `the list of ${prefix || "the bucket"} has the key ${JSON.stringify(plain)}`,
  );
}

function decoded(key: string, prefix: string): string {
  try {
    return decodeURIComponent(key.replaceAll("+", " "));
  } catch {
    throw new Garbled(`the list of ${prefix} has the key ${key}`);
  }
}
