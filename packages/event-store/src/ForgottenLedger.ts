/**
 * The port to the ledger of the forgotten: who was forgotten when, by whom and why. It is kept apart from the data, so
 * that restoring an old copy of the data does not bring anybody back.
 *
 * It holds no personal data: ids of subjects, which are opaque, ids of actors, and short codes as reasons.
 */
import { Personal } from "@eventfold/decider"
import { Context, Effect, Layer, Ref, Schema, Stream } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"
import { keyOf } from "./KeyStorage.ts"
import { plainText } from "./PlainText.ts"
import { Tenant } from "./StreamId.ts"

/** A subject that was forgotten. */
export const ForgottenSubject = Schema.Struct({
  tenant: Tenant,
  subject: Personal.Subject,
  forgottenAt: Schema.DateTimeUtc,
  /** Who decided it: the id of a user, or the name of a program. */
  actor: plainText({ what: "an actor", max: 255 }),
  /** A code and no sentence, so that nobody is told about here: `requested`, `retention-ended`, … */
  reason: Schema.String.check(
    Schema.isPattern(/^[a-z0-9][a-z0-9-]{0,63}$/u, {
      message: "a reason must be a code of 1 to 64 lower-case letters, digits or '-'"
    })
  )
})
/** A subject that was forgotten. */
export type ForgottenSubject = typeof ForgottenSubject.Type

/** The port to the ledger of the forgotten. Entries are never changed and never removed. */
export class ForgottenLedger extends Context.Service<
  ForgottenLedger,
  {
    /** Adds an entry, for good once this has answered. Of a subject that has one, the first one stays. */
    add(entry: ForgottenSubject): Effect.Effect<void, EventStoreFailure>
    /** All entries in the order they were added. */
    readonly entries: Stream.Stream<ForgottenSubject, EventStoreFailure>
  }
>()("@eventfold/event-store/ForgottenLedger") {
  /** A ledger in memory, for data in memory: it ends with the process. */
  static readonly layerMemory: Layer.Layer<ForgottenLedger> = Layer.effect(
    ForgottenLedger,
    Effect.map(Ref.make<ReadonlyMap<string, ForgottenSubject>>(new Map()), (ref) => ({
      add: (entry) =>
        Ref.update(ref, (all) => (all.has(keyOf(entry)) ? all : new Map([...all, [keyOf(entry), entry]]))),
      entries: Stream.unwrap(Effect.map(Ref.get(ref), (all) => Stream.fromIterable(all.values())))
    }))
  )

  /** Two ledgers as one: entries are added to both, and those of either count. The first tells a subject first. */
  static readonly both = (
    first: ForgottenLedger["Service"],
    second: ForgottenLedger["Service"]
  ): ForgottenLedger["Service"] => ({
    add: (entry) => Effect.andThen(first.add(entry), second.add(entry)),
    entries: Stream.concat(first.entries, second.entries)
  })
}
