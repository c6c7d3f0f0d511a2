/**
 * Waits until the service has fulfilled an order or cancelled it. Asks again with growing pauses, and gives up in the end:
 * then a person has to look.
 *
 * It does not matter how the service coordinates fulfilment: where there is a saga, that tells; else the shipping process.
 * Of an order that was cancelled as a draft neither hears: then the order itself tells.
 */
import { OrderFulfilment } from "@eventfold/domain-fulfilment"
import type { OrderId } from "@eventfold/shared-kernel"
import { Duration, Effect, Schedule, Schema } from "effect"
import { expectService, type Service, type ServiceOptions, type ServiceUnreachable } from "./Service.ts"

/** How long to wait. */
export interface EndingOptions extends ServiceOptions {
  /** For one order: longer than the service takes for what a killed process of it had begun. */
  readonly endWithin: Duration.Input
}

/** How the fulfilment of an order has ended. */
export type Ending = "fulfilled" | "cancelled"

/** Where the fulfilment of an order stands. */
export type Standing = Ending | "not begun" | "under way" | "left to a person"

/** An order has neither been fulfilled nor cancelled. */
export class NotEnded extends Schema.TaggedError<NotEnded>()("NotEnded", {
  order: Schema.String,
  orderId: Schema.String,
  standing: Schema.String,
  within: Schema.String
}) {
  override get message() {
    const stands = `The fulfilment of order ${this.order} of the samples is ${this.standing} after ${this.within}.`
    return this.standing === "not begun"
      ? `${stands} Was the order placed without a card before, or the service started with FULFILMENT=off?`
      : `${stands} GET /orders/${this.orderId}/fulfilment tells more about it.`
  }
}

const isEnding = (standing: Standing): standing is Ending => standing === "fulfilled" || standing === "cancelled"

const pauses = Schedule.min([Schedule.exponential("100 millis", 1.5), Schedule.spaced("1 second")])

/** Waits until the fulfilment of an order has ended. What is left to a person is not waited for. */
export const wait = Effect.fn("Ending.wait")(function* (
  service: Service,
  order: string,
  orderId: OrderId,
  { baseUrl, endWithin }: EndingOptions
): Effect.fn.Return<Ending, NotEnded | ServiceUnreachable> {
  const within = Duration.format(Duration.fromInputUnsafe(endWithin))
  const isCancelled = service.orders.get({ params: { id: orderId }, headers: {}, query: {} }).pipe(
    Effect.map(({ body }) => body?.status === "cancelled"),
    expectService(baseUrl)
  )
  return yield* service.sagas.ofOrder({ params: { id: orderId }, headers: {} }).pipe(
    expectService(baseUrl),
    Effect.map((answer) => standingOf(orderId, answer)),
    Effect.flatMap((standing) =>
      standing === "not begun"
        ? Effect.map(isCancelled, (cancelled): Standing => (cancelled ? "cancelled" : standing))
        : Effect.succeed(standing)
    ),
    Effect.filterOrFail(isEnding, (standing) => new NotEnded({ order, orderId, standing, within })),
    Effect.retry({
      while: (error) => error._tag === "NotEnded" && error.standing !== "left to a person",
      schedule: pauses.pipe(Schedule.upTo({ duration: endWithin }))
    })
  )
})

/** What the service tells of it, as far as it matters here. */
export interface Told {
  readonly sagas: ReadonlyArray<{ readonly sagaId: string; readonly status: string }>
  readonly processes: ReadonlyArray<{ readonly manager: string; readonly phase: string }>
}

/** Where it stands, by what the service tells of it. */
export const standingOf = (orderId: OrderId, { processes, sagas }: Told): Standing => {
  const saga = sagas.find(({ sagaId }) => sagaId === OrderFulfilment.idOf(orderId))
  switch (saga?.status) {
    case "completed":
      return "fulfilled"
    case "compensated":
      return "cancelled"
    case "parked":
    case "abandoned":
      return "left to a person"
    case undefined:
      return ofProcess(processes.find(({ manager }) => manager === "shipping")?.phase)
    default:
      return "under way"
  }
}

const ofProcess = (phase: string | undefined): Standing => {
  switch (phase) {
    case undefined:
      return "not begun"
    case "requested":
    case "underway":
    case "delivered":
    case "shipped-by-hand":
      return "fulfilled"
    case "cancelled":
      return "cancelled"
    default:
      return "under way"
  }
}
