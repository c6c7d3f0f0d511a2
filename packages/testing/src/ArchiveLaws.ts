/**
 * The laws of the archive as values: what every layer of its catalogue guarantees, together with the event store beside
 * it. The files are in memory here; they have laws of their own (`ArchiveFilesLaws`).
 */
import type { Law } from "./Law.ts"
import * as Listing from "./ArchiveLaws/Listing.ts"
import * as Moving from "./ArchiveLaws/Moving.ts"
import * as Reading from "./ArchiveLaws/Reading.ts"
import type { Services } from "./ArchiveLaws/Scenario.ts"

export type { Services } from "./ArchiveLaws/Scenario.ts"

/** The laws of the archive. */
export const laws: ReadonlyArray<Law<Services>> = [...Moving.laws, ...Listing.laws, ...Reading.laws]
