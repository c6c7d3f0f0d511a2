/**
 * The port to the memory of handled commands: which ids have been seen, and what the first one was answered.
 *
 * A claim and its completion belong to the transaction in which the command is handled, so an answer is remembered if
 * and only if what it stands for was stored. Two commands with one id at the same moment: the second waits in `claim`
 * until the first has ended, then gets its outcome.
 */
import { Context, DateTime, Effect, HashMap, Layer, Option, Schema, TxRef } from "effect"
import type { EventStoreFailure } from "./EventStoreErrors.ts"

/** What a command was answered, in the JSON form of its answer or refusal schema. */
export const CommandOutcome = Schema.TaggedUnion({
  Answered: { answer: Schema.Json },
  Refused: { refusal: Schema.Json }
})
/** What a command was answered, in the JSON form of its answer or refusal schema. */
export type CommandOutcome = typeof CommandOutcome.Type

/** A command id has been used before, for another command or with another payload. */
export class CommandIdReused extends Schema.TaggedError<CommandIdReused>()("CommandIdReused", {
  commandId: Schema.String,
  command: Schema.String
}) {
  override get message() {
    return `command id ${this.commandId} was used before, for ${this.command} with other content: use a new id`
  }
}

/** What identifies a command: its id within a tenant; `fingerprint` tells a repetition from a mix-up. */
export interface CommandClaim {
  readonly tenant: string
  /** A UUID. */
  readonly commandId: string
  /** The name of the command, `context.Tag`. */
  readonly command: string
  /** A digest of its content. */
  readonly fingerprint: string
}

/** The port to the memory of handled commands. */
export class CommandLog extends Context.Service<
  CommandLog,
  {
    /** Claims a command id. `none`: it is new and now ours; `some`: what it was answered the first time. */
    claim(claim: CommandClaim): Effect.Effect<Option.Option<CommandOutcome>, CommandIdReused | EventStoreFailure>
    /** What a command was answered, as far as that is stored, without claiming its id; none when it is new. */
    find(claim: CommandClaim): Effect.Effect<Option.Option<CommandOutcome>, CommandIdReused | EventStoreFailure>
    /** Stores the outcome of a claimed command. */
    complete(
      claim: Pick<CommandClaim, "tenant" | "commandId">,
      outcome: CommandOutcome
    ): Effect.Effect<void, EventStoreFailure>
    /**
     * Forgets the commands claimed before a time (by the clock of the program that claimed them) and answers how many:
     * this memory must not grow for ever.
     */
    purge(before: DateTime.Utc): Effect.Effect<number, EventStoreFailure>
  }
>()("@eventfold/event-store/CommandLog") {
  /** The memory of handled commands, in memory. It joins the transactions of `Transaction.layerMemory`. */
  static readonly layerMemory: Layer.Layer<CommandLog> = Layer.effect(
    CommandLog,
    Effect.gen(function* () {
      const entries = yield* TxRef.make(HashMap.empty<string, Entry>())
      const keyOf = (claim: Pick<CommandClaim, "tenant" | "commandId">) => `${claim.tenant}/${claim.commandId}`
      return {
        claim: Effect.fnUntraced(function* (claim: CommandClaim) {
          const claimedAt = yield* DateTime.now
          const found = yield* TxRef.modify(entries, (all) => {
            const entry = HashMap.get(all, keyOf(claim))
            const fresh: Entry = { claim, claimedAt, outcome: Option.none() }
            return [entry, Option.isSome(entry) ? all : HashMap.set(all, keyOf(claim), fresh)]
          })
          if (Option.isNone(found)) return Option.none()
          return yield* repeated(claim, found.value.claim, found.value.outcome)
        }),
        find: Effect.fnUntraced(function* (claim: CommandClaim) {
          const found = HashMap.get(yield* TxRef.get(entries), keyOf(claim))
          if (Option.isNone(found)) return Option.none()
          return yield* repeated(claim, found.value.claim, found.value.outcome)
        }),
        complete: (claim, outcome) =>
          TxRef.update(entries, (all) =>
            HashMap.modify(all, keyOf(claim), (entry) => ({ ...entry, outcome: Option.some(outcome) }))
          ),
        purge: (before) =>
          TxRef.modify(entries, (all) => {
            const kept = HashMap.filter(all, (entry) => DateTime.isGreaterThanOrEqualTo(entry.claimedAt, before))
            return [HashMap.size(all) - HashMap.size(kept), kept]
          })
      }
    })
  )
}

interface Entry {
  readonly claim: CommandClaim
  readonly claimedAt: DateTime.Utc
  readonly outcome: Option.Option<CommandOutcome>
}

/** What a claim of a known id answers: the first outcome if it is the same command, an error if it is another. */
export const repeated = (
  claim: CommandClaim,
  first: Pick<CommandClaim, "command" | "fingerprint">,
  outcome: Option.Option<CommandOutcome>
): Effect.Effect<Option.Option<CommandOutcome>, CommandIdReused> =>
  first.command === claim.command && first.fingerprint === claim.fingerprint
    ? Effect.succeed(outcome)
    : Effect.fail(new CommandIdReused({ commandId: claim.commandId, command: first.command }))
