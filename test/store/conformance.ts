import { describe } from "vitest";
import { keepingConformance } from "./conformance-keeping.ts";
import { landingConformance } from "./conformance-landing.ts";
import { orderConformance } from "./conformance-order.ts";
import { publishingConformance } from "./conformance-publishing.ts";
import { readingConformance } from "./conformance-reading.ts";
import { sharingConformance } from "./conformance-sharing.ts";
import { type StoreUnderTest, useStore } from "./harness.ts";

/** The behaviour that every store owes; a new store needs a file with one call of this. */
export function storeConformance(
  title: string,
  make: () => Promise<StoreUnderTest>,
): void {
  describe(`a store: ${title}`, () => {
    const at = useStore(make);
    readingConformance(at);
    publishingConformance(at);
    keepingConformance(at);
    sharingConformance(at);
    orderConformance(at);
    landingConformance(at);
  });
}
