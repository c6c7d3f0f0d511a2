/**
 * Sends a command for a request: under the id the client chose, or a new one, with what accompanies the request.
 *
 * The same for every context; what a refusal becomes is told by the context's own endpoints.
 */
import type { Message } from "@eventfold/decider"
import { CommandBus, ConsistencyToken, type DispatchError, EventStore } from "@eventfold/event-store"
import { DateTime, Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { Settings } from "../Settings.ts"
import { CorrelationId } from "./CorrelationId.ts"
import type { CommandHeaders } from "./RequestHeaders.ts"

/** What every command answers at least. */
interface Versioned {
  readonly version: number
}

/** The way of the commands of a context to the bus; `problemOf` says what a refusal or a failure becomes. */
export const sender = Effect.fnUntraced(function* <F, Problem>(
  problemOf: (error: F | DispatchError, id: string) => Effect.Effect<never, Problem>
) {
  const commands = yield* CommandBus
  const store = yield* EventStore
  const { tenant } = yield* Settings
  /**
   * Sends a command and answers its answer, and the headers that tell the version, the id to repeat it with, and what to
   * show a read model that is to know of it.
   */
  return Effect.fnUntraced(function* <P extends { readonly _tag: string }, A extends Versioned>(
    message: Message.Command<string, P, A, F>,
    headers: CommandHeaders,
    given: { readonly occurredAt?: DateTime.Utc },
    payload: (occurredAt: DateTime.Utc, id: string) => P
  ) {
    const id = headers["idempotency-key"] ?? SecureRandom.uuidV7Unsafe()
    const [actor, reason, expected] = [headers["x-actor"], headers["x-reason"], headers["if-match"]]
    const envelope = {
      id,
      tenant,
      payload: payload(given.occurredAt ?? (yield* DateTime.now), id),
      metadata: {
        correlationId: yield* CorrelationId,
        ...(actor === undefined ? {} : { actor }),
        ...(reason === undefined ? {} : { reason })
      },
      ...(typeof expected === "number" ? { expectedVersion: expected } : {})
    }
    const [answer, token] = yield* ConsistencyToken.collect(tenant, commands.dispatch(message, envelope)).pipe(
      Effect.provideService(EventStore, store),
      Effect.catch((error) => problemOf(error, id))
    )
    return {
      answer,
      headers: { etag: answer.version, "idempotency-key": id, "consistency-token": ConsistencyToken.encode(token) }
    }
  })
})
