/**
 * Writes the documents of sales: an invoice when the goods left, a credit note when money went back or the sale came to nothing.
 *
 * Guarantees: what leads to a document is an event, so each is written, whoever crashes in between; the command has an id that
 * follows from the event, so it is written once. A sale that refuses has its document, or is to have none.
 */
import { NameId } from "@eventfold/decider"
import { Invoicing, SaleCommands, type SaleErrors } from "@eventfold/domain-billing"
import { CommandBus } from "@eventfold/event-store"
import { EventHandler } from "@eventfold/subscriptions"
import { Effect } from "effect"
import { causedBy } from "../CausedBy.ts"

/** What writes them. Documents of a year wait for each other, so more at the same time would only wait. */
export const handler = EventHandler.make({
  name: "invoicing",
  events: Invoicing.Occasion,
  options: { concurrency: 4 },
  handle: Effect.fnUntraced(function* (event, recorded) {
    const bus = yield* CommandBus
    const { tenant } = recorded.stream
    const envelope = { id: NameId.make(tenant, "invoicing", recorded.id), tenant, metadata: causedBy(recorded) }
    const request = Invoicing.requestFor(event)
    const sent =
      request._tag === "IssueInvoice"
        ? bus.dispatch(SaleCommands.issueInvoice, { ...envelope, payload: request })
        : bus.dispatch(SaleCommands.issueCreditNote, { ...envelope, payload: request })
    yield* sent.pipe(
      Effect.asVoid,
      Effect.catchTags({ SaleAlreadyInvoiced: done, SaleNotInvoiceable: done, NothingToCredit: done })
    )
  })
})

/** There is nothing more to write. */
const done = (_refusal: SaleErrors.SaleRefusal) => Effect.void
