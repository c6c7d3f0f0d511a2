/**
 * The endpoints for customers: a request becomes a command or a query, its outcome an answer. Nothing is decided here.
 *
 * Who registers, or changes the e-mail address, is told whose it is: the claim that was made for it is waited for.
 */
import type { Saga } from "@eventfold/decider"
import { CustomerCommands } from "@eventfold/domain-customers"
import { type EventStore, QueryBus } from "@eventfold/event-store"
import type { LoadError } from "@eventfold/event-store/CommandHandler"
import type { SagaFailure, SagaRunner } from "@eventfold/processes"
import { CustomerId } from "@eventfold/shared-kernel"
import { Effect } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import * as Registrations from "../fulfilment/Registrations.ts"
import { getCustomer } from "../queries/CustomerQueries.ts"
import { Settings } from "../Settings.ts"
import { Api } from "./Api.ts"
import { CorrelationId } from "./CorrelationId.ts"
import * as CustomerProblems from "./CustomerProblems.ts"
import { unlessKnown } from "./OneAtVersion.ts"
import { notStarted } from "./SagaStarts.ts"
import { createdAt, sender } from "./SentCommand.ts"

/** The endpoints for customers, over the buses. */
export const layer = HttpApiBuilder.group(
  Api,
  "customers",
  Effect.fn(function* (handlers) {
    const queries = yield* QueryBus
    const { tenant } = yield* Settings
    const services = yield* Effect.context<EventStore | SagaRunner>()
    const send = yield* sender(CustomerProblems.ofCommand)

    /** The answer once it is known whose the e-mail address is, or nobody waits for that any more. */
    const settled = Effect.fnUntraced(function* <H extends { readonly "idempotency-key": string }>(sent: {
      readonly body: CustomerCommands.CustomerAnswer
      readonly headers: H
    }) {
      const { claimId, customerId } = sent.body
      const metadata = { correlationId: yield* CorrelationId }
      const { answer, rejected } = yield* Registrations.settled(tenant, customerId, claimId, metadata).pipe(
        Effect.provideContext(services),
        Effect.catch((error) => unsettled(error, sent.headers["idempotency-key"]))
      )
      if (rejected !== undefined) return yield* CustomerProblems.EmailUnavailable.of(customerId, rejected)
      return HttpApiSchema.withHeaders({ body: answer, headers: { ...sent.headers, etag: answer.version } })
    })

    return handlers.handleAll({
      register: (request) =>
        send(CustomerCommands.registerCustomer, request, (occurredAt, id) => ({
          ...request.payload,
          _tag: "RegisterCustomer",
          customerId: request.payload.customerId ?? CustomerId.fromUuid(id),
          occurredAt
        })).pipe(Effect.flatMap(settled), Effect.map(createdAt(({ customerId }) => `/customers/${customerId}`))),
      changeProfile: (request) =>
        send(CustomerCommands.changeProfile, request, (occurredAt) => ({
          _tag: "ChangeProfile",
          customerId: request.params.id,
          profile: request.payload.profile,
          occurredAt
        })),
      changeEmail: (request) =>
        send(CustomerCommands.changeEmail, request, (occurredAt) => ({
          _tag: "ChangeEmail",
          customerId: request.params.id,
          email: request.payload.email,
          occurredAt
        })).pipe(Effect.flatMap(settled)),
      get: Effect.fnUntraced(function* (request) {
        const customer = yield* queries
          .ask(getCustomer, { _tag: "GetCustomer", tenant, customerId: request.params.id })
          .pipe(Effect.catch(CustomerProblems.ofQuery))
        return unlessKnown(request, customer)
      })
    })
  })
)

/** The saga of a claim that could not be started, or the customer not be read: it can be asked for again. */
const unsettled = (error: Saga.SagaRefusal | SagaFailure | LoadError, idempotencyKey: string) =>
  // It starts with what the customer's own events say.
  error._tag === "SagaAlreadyStarted" ? Effect.die(error) : notStarted(error, idempotencyKey)
