/**
 * The endpoints for transfers: a request begins the saga of a transfer, or asks how it and the transfer stand.
 *
 * A transfer is begun under its id: begun again with the same, nothing happens; with something else, it is refused.
 */
import type { Saga } from "@eventfold/decider"
import { TransferErrors, TransferId, TransferProcess } from "@eventfold/domain-accounts"
import { QueryBus } from "@eventfold/event-store"
import type { LoadError } from "@eventfold/event-store/CommandHandler"
import { type SagaFailure, SagaRunner, type SagaView } from "@eventfold/processes"
import { Effect, Option, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { transfer } from "../fulfilment/Transfers.ts"
import { getTransfer } from "../queries/AccountQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { ofQuery } from "./CommandProblems.ts"
import { CorrelationId } from "./CorrelationId.ts"
import { KeyReused, type Unavailable } from "./Problems.ts"
import { storeFailed } from "./ProjectionProblems.ts"
import { notStarted } from "./SagaStarts.ts"
import { UnknownTransfer } from "./TransfersApi.ts"

const inputOf = Schema.decodeUnknownEffect(Schema.toCodecJson(TransferProcess.TransferInput))
const refusalOf = Schema.decodeUnknownEffect(Schema.toCodecJson(TransferErrors.TransferRefusal))

/** The endpoints for transfers. */
export const layer = HttpApiBuilder.group(
  Api,
  "transfers",
  Effect.fn(function* (handlers) {
    const { tenant } = yield* Settings
    const runner = yield* SagaRunner
    const queries = yield* QueryBus

    const standing = Effect.fnUntraced(function* (transferId: TransferId.TransferId) {
      const id = TransferProcess.idOf(transferId)
      const found = yield* Effect.catch(runner.state({ tenant, id }), unreadable)
      if (Option.isNone(found) || found.value.saga !== transfer.name) {
        return yield* new UnknownTransfer({ transferId, detail: `There is no transfer ${transferId}.` })
      }
      const { endedAt, input, startedAt, status: saga, steps } = found.value
      // Read after the saga: what the saga knows of has happened.
      const { status } = yield* Effect.catch(
        queries.ask(getTransfer, { _tag: "GetTransfer", tenant, transferId }),
        ofQuery
      )
      return {
        ...(yield* Effect.orDie(inputOf(input))),
        status,
        saga,
        ...(yield* refused(steps)),
        startedAt,
        ...(endedAt === undefined ? {} : { endedAt })
      }
    })

    return handlers.handleAll({
      begin: Effect.fnUntraced(function* ({ headers, payload }) {
        const key = headers["idempotency-key"] ?? SecureRandom.uuidV7Unsafe()
        const input = { ...payload, transferId: payload.transferId ?? TransferId.TransferId.fromUuid(key) }
        const { transferId } = input
        const [actor, reason] = [headers["x-actor"], headers["x-reason"]]
        const metadata = {
          correlationId: yield* CorrelationId,
          ...(actor === undefined ? {} : { actor }),
          ...(reason === undefined ? {} : { reason })
        }
        yield* runner
          .start(transfer, { id: TransferProcess.idOf(transferId), tenant, input, metadata })
          .pipe(Effect.catch((error) => problemOf(transferId, key, error)))
        const body = yield* Effect.catchTag(standing(transferId), "UnknownTransfer", Effect.die)
        const location = `/transfers/${transferId}`
        return HttpApiSchema.withHeaders({ body, headers: { location, "idempotency-key": key } })
      }),
      get: ({ params: { id } }) => standing(id)
    })
  })
)

/** Why the one step that was refused was. */
const refused = Effect.fnUntraced(function* (steps: SagaView["steps"]) {
  const refusal = steps.map(({ execution }) => execution.refusal).find((refusal) => refusal !== undefined)
  return refusal === undefined ? {} : { refusal: yield* Effect.orDie(refusalOf(refusal)) }
})

/** A transfer told without one of its events would be told wrongly. */
const unreadable = (error: LoadError) => (error._tag === "EventStoreFailure" ? storeFailed(error) : Effect.die(error))

const problemOf = (
  transferId: TransferId.TransferId,
  idempotencyKey: string,
  error: Saga.SagaRefusal | SagaFailure
): Effect.Effect<never, KeyReused | Unavailable> => {
  if (error._tag !== "SagaAlreadyStarted") return notStarted(error, idempotencyKey)
  const detail = `There is a transfer ${transferId} already, with another ${error.differs}. Use a new key or id for a new one.`
  return Effect.fail(new KeyReused({ idempotencyKey, detail }))
}
