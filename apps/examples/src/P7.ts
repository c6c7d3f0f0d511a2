/**
 * P7, audit: who did what, when and why, for every event and for what was done to the log itself.
 *
 * Shows: actor, reason, correlation and causation of events; the audit by actor, by connection and by stream, page by page;
 * an action that is no event, recorded in the transaction in which it is done; an action of a transaction that fails.
 */
import { Audit, type AuditPage, EventStore, ExpectedVersion, StreamId, Transaction } from "@eventfold/event-store"
import { Console, DateTime, Effect } from "effect"
import { SecureRandom } from "effect/crypto"

/** What it is about. */
export const title = "Audit: who did what, when and why"

interface Who {
  readonly actor: string
  readonly reason?: string
  /** One id for everything that follows from one request. */
  readonly correlationId: string
  /** The command that led to it. */
  readonly causationId: string
}

const noted = (type: string, metadata: Who) => ({
  id: SecureRandom.uuidV7Unsafe(),
  type,
  schemaVersion: 1,
  occurredAt: DateTime.makeUnsafe("2026-03-01T09:00:00Z"),
  data: { amount: 250_00 },
  metadata: { ...metadata }
})

/** The story. */
export const program = Effect.gen(function* () {
  const [store, audit, transaction] = [yield* EventStore, yield* Audit, yield* Transaction]
  // A tenant of its own: an audit never shows anything of another.
  const tenant = `p7-${SecureRandom.uuidV7Unsafe()}`
  const refund = StreamId.make(tenant, "refund", "r-1")

  const show = Effect.fnUntraced(function* (page: Omit<AuditPage, "tenant" | "order" | "limit">) {
    const { entries } = yield* audit.page({ tenant, order: "oldest", limit: 10, ...page })
    for (const entry of entries) {
      const what = entry._tag === "Event" ? entry.type : `${entry.action} (no event)`
      yield* Console.log(`  ${entry.actor}: ${what}${entry.reason === undefined ? "" : `, because ${entry.reason}`}`)
    }
  })

  yield* Console.log("A refund is asked for, approved and paid, by three people in two requests")
  yield* store.append(refund, ExpectedVersion.NoStream, [
    noted("RefundRequested", { actor: "ada", correlationId: "call-1", causationId: "command-1" })
  ])
  yield* store.append(refund, ExpectedVersion.Exact(1), [
    noted("RefundApproved", {
      actor: "bob",
      reason: "the parcel was crushed",
      correlationId: "desk-7",
      causationId: "command-2"
    })
  ])
  yield* store.append(refund, ExpectedVersion.Exact(2), [
    noted("RefundPaid", { actor: "robot", correlationId: "desk-7", causationId: "RefundApproved" })
  ])
  yield* show({})

  yield* Console.log("What followed from the request at desk 7")
  yield* show({ correlationId: "desk-7" })
  yield* Console.log("What bob did")
  yield* show({ actor: "bob" })

  yield* Console.log("An action that is no event is recorded in the transaction in which it is done")
  // #region record
  const repair = (reason: string) =>
    audit.record({
      tenant,
      action: "RefundRepaired",
      subject: StreamId.format(refund),
      actor: "eve",
      reason,
      details: { version: "1", from: "250.00", to: "25.00" }
    })
  yield* transaction.run(repair("a digit too many"))
  // #endregion record
  const failed = transaction.run(Effect.andThen(repair("never mind"), Effect.fail("it did not work")))
  yield* Effect.catch(failed, () => Console.log("  a second one failed, and leaves no entry"))
  yield* show({ category: "refund", streamId: "r-1", types: ["RefundRepaired", "RefundApproved"] })

  yield* Console.log("Two at a time, the newest first")
  let page = yield* audit.page({ tenant, order: "newest", limit: 2 })
  while (page.entries.length > 0) {
    yield* Console.log(
      `  ${page.entries.map((entry) => (entry._tag === "Event" ? entry.type : entry.action)).join(", ")}`
    )
    if (page.next === undefined) break
    page = yield* audit.page({ tenant, order: "newest", limit: 2, cursor: page.next })
  }
})
