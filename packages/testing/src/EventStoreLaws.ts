/**
 * The laws of the event store as values: what every layer of the port guarantees, each with a check that fails when it
 * does not. No test framework is needed to run them; `EventStoreContract` registers them with vitest.
 *
 * The laws run on one store, which is never emptied. Run them one after another: some look at the log as a whole.
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import { appending } from "./EventStoreLaws/Appending.ts"
import { appendingTogether } from "./EventStoreLaws/AppendingTogether.ts"
import { contests, crowds } from "./EventStoreLaws/Concurrency.ts"
import { envelope } from "./EventStoreLaws/Envelope.ts"
import { expectedVersions } from "./EventStoreLaws/ExpectedVersions.ts"
import { listingStreams } from "./EventStoreLaws/ListingStreams.ts"
import { payloads } from "./EventStoreLaws/Payloads.ts"
import { readingAll } from "./EventStoreLaws/ReadingAll.ts"
import { readingLog } from "./EventStoreLaws/ReadingLog.ts"
import { streamOrder, streamParts } from "./EventStoreLaws/ReadingStreams.ts"
import { refusedAppends, refusedEvents } from "./EventStoreLaws/Refusals.ts"
import { mixUps, repetition } from "./EventStoreLaws/Repetition.ts"
import { separation } from "./EventStoreLaws/Separation.ts"
import { nestedTransactions, transactionEnds, transactionSight } from "./EventStoreLaws/Transactions.ts"
import type { Law } from "./Law.ts"

export { Sizes } from "./EventStoreLaws/Scenario.ts"

/** The laws of the event store. */
export const laws: ReadonlyArray<Law<EventStore | Transaction>> = [
  ...appending,
  ...expectedVersions,
  ...streamOrder,
  ...streamParts,
  ...readingAll,
  ...readingLog,
  ...listingStreams,
  ...appendingTogether,
  ...envelope,
  ...payloads,
  ...refusedAppends,
  ...refusedEvents,
  ...repetition,
  ...mixUps,
  ...separation,
  ...contests,
  ...crowds,
  ...transactionEnds,
  ...transactionSight,
  ...nestedTransactions
]
