/**
 * Claims the e-mail addresses of customers who register or change theirs: starts the saga of each.
 *
 * Guarantees: what asks for an address is an event, and its saga is started for it in the transaction that moves over the
 * event, so each registration ends, whoever crashes in between. Who asked may start it as well, so as not to wait for that:
 * it is started once.
 */
import { Customer, type CustomerCommands, CustomerEvents, EmailSagas } from "@eventfold/domain-customers"
import type { CustomerStatus, EmailClaimId } from "@eventfold/domain-customers"
import { EventCodec, type EventMetadata, History } from "@eventfold/event-store"
import { SagaRunner } from "@eventfold/processes"
import type { CustomerId } from "@eventfold/shared-kernel"
import { EventHandler } from "@eventfold/subscriptions"
import { Effect, Schema, Stream } from "effect"
import { customerStreamOf } from "../CustomerStreamIds.ts"
import { causedBy } from "../CausedBy.ts"
import { classify } from "./SagaStart.ts"

/** The sagas that claim addresses. */
export const sagas = { registration: EmailSagas.registration(), emailChange: EmailSagas.emailChange() }

/** What asks for an address. */
export const asking = Schema.Union([CustomerEvents.RegistrationRequested, CustomerEvents.EmailChangeRequested])
type Asking = typeof asking.Type

const start = Effect.fnUntraced(function* (tenant: string, event: Asking, metadata: EventMetadata) {
  const runner = yield* SagaRunner
  const starting = { id: EmailSagas.idOf(event.claimId), tenant, metadata }
  return yield* event._tag === "RegistrationRequested"
    ? runner.start(sagas.registration, { ...starting, input: EmailSagas.registrationOf(event) })
    : runner.start(sagas.emailChange, { ...starting, input: EmailSagas.changeOf(event) })
})

/** What starts them, whoever asked. */
export const handler = EventHandler.make({
  name: "registrations",
  events: asking,
  delivery: "in-transaction",
  classify,
  handle: (event, recorded) => start(recorded.stream.tenant, event, causedBy(recorded))
})

/** How long somebody who asks waits to hear whose an address is. */
const patience = "5 seconds"

/** What has become of a claim, and where the customer stands now. */
export interface Settled {
  /** Why the customer did not get the address; undefined when they have it, or it is not known yet. */
  readonly rejected: CustomerStatus.WhyNot | undefined
  readonly answer: CustomerCommands.CustomerAnswer
}

const codec = EventCodec.make(Customer.Customer.Event)

/** Starts the saga of a claim, unless it is through, and waits for it, for 5 seconds at the most. */
export const settled = Effect.fnUntraced(function* (
  tenant: string,
  customerId: CustomerId,
  claimId: EmailClaimId.EmailClaimId,
  metadata: EventMetadata
) {
  const runner = yield* SagaRunner
  const read = Effect.flatMap(
    Stream.runCollect(History.eventsAsOf(customerStreamOf(tenant, customerId), History.latest)).pipe(
      Effect.catchTag("InvalidHistoryQuery", Effect.die)
    ),
    codec.decode
  )
  const before = yield* read
  const asking = before.find((event): event is Asking => isAsking(event) && event.claimId === claimId)
  if (asking !== undefined && before.every((event) => !isEnd(event, claimId))) {
    yield* start(tenant, asking, metadata)
    yield* Effect.timeoutOption(runner.settled({ tenant, id: EmailSagas.idOf(claimId) }), patience)
  }
  const events = yield* read
  const rejected = events
    .flatMap((event) => (isRejected(event) && event.claimId === claimId ? [event.reason] : []))
    .at(0)
  const state = events.reduce(Customer.evolve, Customer.initial)
  return { rejected, answer: Customer.answerOf(state, events.length) } satisfies Settled
})

const isAsking = (event: CustomerEvents.CustomerEvent): event is Asking =>
  event._tag === "RegistrationRequested" || event._tag === "EmailChangeRequested"

const isRejected = (
  event: CustomerEvents.CustomerEvent
): event is CustomerEvents.RegistrationRejected | CustomerEvents.EmailChangeRejected =>
  event._tag === "RegistrationRejected" || event._tag === "EmailChangeRejected"

const isEnd = (event: CustomerEvents.CustomerEvent, claimId: EmailClaimId.EmailClaimId): boolean =>
  (isRejected(event) || event._tag === "CustomerRegistered" || event._tag === "EmailChanged") &&
  event.claimId === claimId
