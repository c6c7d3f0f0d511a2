/**
 * The laws of the inbox as values: what every layer of the port guarantees. No test framework is needed to run them;
 * `InboxContract` registers them with vitest.
 *
 * Gotcha: one of them makes the inbox forget what is very old, of all tenants, so run them one after another.
 */
import type { EventStore, Transaction } from "@eventfold/event-store"
import type { Inbox } from "@eventfold/messaging"
import { handling } from "./InboxLaws/Handling.ts"
import { knowing } from "./InboxLaws/Knowing.ts"
import type { Law } from "./Law.ts"

/** The laws of the port. */
export const laws: ReadonlyArray<Law<EventStore | Inbox | Transaction>> = [...handling, ...knowing]
