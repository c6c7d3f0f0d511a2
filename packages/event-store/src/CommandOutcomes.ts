/**
 * Between what the handler of a command answers, or refuses with, and the JSON in which the first outcome is remembered.
 *
 * Personal values in it are sealed before it is stored, and opened when the command is repeated.
 */
import type { Message } from "@eventfold/decider"
import { Effect, Result, Schema } from "effect"
import type { CommandOutcome } from "./CommandLog.ts"
import { EventStoreFailure } from "./EventStoreErrors.ts"
import { asStoreFailure, Sealer } from "./PersonalData.ts"
import * as PersonalPlaces from "./PersonalPlaces.ts"

/** Both directions for one command. */
export interface CommandOutcomes<A, F> {
  /** Runs a handler: an answer and a refusal are outcomes, everything else stays a failure. */
  readonly of: <E, R>(handle: Effect.Effect<A, F | E, R>) => Effect.Effect<CommandOutcome, E | EventStoreFailure, R>
  /** What an outcome says; an outcome that no longer fits the schemas is a failure. */
  readonly read: (outcome: CommandOutcome) => Effect.Effect<Result.Result<A, F>, EventStoreFailure>
  /** The form in which outcomes of this command are stored. */
  readonly stored: StoredOutcomes
}

/** Both directions between the outcomes of a command of a tenant and the form in which they are stored. */
export interface StoredOutcomes {
  readonly seal: (tenant: string, outcome: CommandOutcome) => Effect.Effect<CommandOutcome, EventStoreFailure>
  readonly open: (tenant: string, outcome: CommandOutcome) => Effect.Effect<CommandOutcome, EventStoreFailure>
}

/**
 * The outcomes of a command.
 *
 * @throws Error when a personal value in them could not be sealed: see `PersonalPlaces.of`.
 */
export const make = <P extends { readonly _tag: string }, A, F>(
  message: Message.Command<string, P, A, F>
): CommandOutcomes<A, F> => {
  const [answerCodec, refusalCodec] = [Schema.toCodecJson(message.Answer), Schema.toCodecJson(message.Refusal)]
  const [encodeAnswer, decodeAnswer] = [Schema.encodeEffect(answerCodec), Schema.decodeUnknownEffect(answerCodec)]
  const [encodeRefusal, decodeRefusal] = [Schema.encodeEffect(refusalCodec), Schema.decodeUnknownEffect(refusalCodec)]
  const isRefusal = Schema.is(message.Refusal)
  const unreadable = (cause: unknown) =>
    new EventStoreFailure({ operation: `the outcome of ${message.name}`, retryable: false, cause })

  const answered = (answer: A): Effect.Effect<CommandOutcome, EventStoreFailure> =>
    Effect.mapBoth(encodeAnswer(answer), {
      onFailure: unreadable,
      onSuccess: (json) => ({ _tag: "Answered", answer: json })
    })
  const refused = (refusal: F): Effect.Effect<CommandOutcome, EventStoreFailure> =>
    Effect.mapBoth(encodeRefusal(refusal), {
      onFailure: unreadable,
      onSuccess: (json) => ({ _tag: "Refused", refusal: json })
    })

  return {
    of: <E, R>(handle: Effect.Effect<A, F | E, R>) =>
      Effect.matchEffect(handle, {
        onSuccess: answered,
        onFailure: (error): Effect.Effect<CommandOutcome, E | EventStoreFailure> =>
          isRefusal(error) ? refused(error) : Effect.fail(error)
      }),
    read: Effect.fnUntraced(function* (
      outcome: CommandOutcome
    ): Effect.fn.Return<Result.Result<A, F>, Schema.SchemaError> {
      return outcome._tag === "Answered"
        ? Result.succeed(yield* decodeAnswer(outcome.answer))
        : Result.fail(yield* decodeRefusal(outcome.refusal))
    }, Effect.mapError(unreadable)),
    stored: storedOutcomes(message.name, PersonalPlaces.of(message.Answer), PersonalPlaces.of(message.Refusal))
  }
}

const storedOutcomes = (
  name: string,
  answers: PersonalPlaces.Places,
  refusals: PersonalPlaces.Places
): StoredOutcomes => {
  const failed = asStoreFailure(`the outcome of ${name}`)
  const placesIn = ({ _tag }: CommandOutcome) => (_tag === "Answered" ? answers : refusals)
  return {
    seal: (tenant, outcome) => {
      const places = placesIn(outcome)
      if (places.none) return Effect.succeed(outcome)
      return Effect.flatMap(Sealer.Current, (sealer) => sealer.seal([{ tenant, places, json: jsonIn(outcome) }])).pipe(
        Effect.mapBoth({ onSuccess: ([json = null]) => withJson(outcome, json), onFailure: failed })
      )
    },
    open: (tenant, outcome) => {
      if (placesIn(outcome).none) return Effect.succeed(outcome)
      return Effect.flatMap(Sealer.Current, (sealer) => sealer.open([{ tenant, json: jsonIn(outcome) }])).pipe(
        Effect.mapBoth({ onSuccess: ([json = null]) => withJson(outcome, json), onFailure: failed })
      )
    }
  }
}

const jsonIn = (outcome: CommandOutcome): Schema.Json =>
  outcome._tag === "Answered" ? outcome.answer : outcome.refusal

const withJson = (outcome: CommandOutcome, json: Schema.Json): CommandOutcome =>
  outcome._tag === "Answered" ? { _tag: "Answered", answer: json } : { _tag: "Refused", refusal: json }
