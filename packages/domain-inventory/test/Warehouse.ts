/**
 * A warehouse in memory: products and reservations that change together or not at all, as `StockMoves` says, and random
 * walks through it.
 */
import { Decider } from "@eventfold/decider"
import {
  Reservation,
  type ReservationCommands,
  type ReservationErrors,
  type ReservationEvents,
  type StockCommands,
  type StockErrors,
  type StockEvents,
  StockItem,
  StockMoves
} from "@eventfold/domain-inventory"
import { Arbitrary, Result, Schema } from "effect"
import * as Scenario from "./Scenario.ts"

const { minutesLater, order, product, quantity, reservation } = Scenario

/** A command to anything in the warehouse. */
export type Command = StockCommands.ReceiveStock | StockCommands.AdjustStock | ReservationCommands.ReservationCommand

/** All that has happened, by product and by reservation. */
export interface Warehouse {
  readonly products: ReadonlyMap<string, ReadonlyArray<StockEvents.StockEvent>>
  readonly reservations: ReadonlyMap<string, ReadonlyArray<ReservationEvents.ReservationEvent>>
}

type Refusal = ReservationErrors.ReservationRefusal | StockErrors.StockRefusal | StockErrors.MoveRefusal

export const empty: Warehouse = { products: new Map(), reservations: new Map() }

const moved = (
  warehouse: Warehouse,
  command: StockCommands.StockCommand
): Result.Result<Warehouse, StockErrors.StockRefusal | StockErrors.MoveRefusal> => {
  const before = warehouse.products.get(command.productId) ?? []
  return Result.map(Decider.decideAfter(StockItem.StockItem, before, command), ({ events }) => ({
    ...warehouse,
    products: new Map(warehouse.products).set(command.productId, [...before, ...events])
  }))
}

/** The warehouse after a command, or why it is refused. */
export const perform = (warehouse: Warehouse, command: Command): Result.Result<Warehouse, Refusal> => {
  if (command._tag === "ReceiveStock" || command._tag === "AdjustStock") return moved(warehouse, command)
  const before = warehouse.reservations.get(command.reservationId) ?? []
  const decision = Decider.decideAfter(Reservation.Reservation, before, command)
  if (Result.isFailure(decision)) return Result.fail(decision.failure)
  const { events } = decision.success
  let after: Warehouse = {
    ...warehouse,
    reservations: new Map(warehouse.reservations).set(command.reservationId, [...before, ...events])
  }
  const short: Array<StockErrors.NotEnoughAvailable> = []
  for (const move of events.flatMap(StockMoves.of)) {
    const next = moved(after, move)
    if (Result.isSuccess(next)) after = next.success
    else if (next.failure._tag === "NotEnoughAvailable") short.push(next.failure)
    else return Result.fail(next.failure)
  }
  const [first, ...rest] = short
  return first !== undefined && command._tag === "ReserveStock"
    ? Result.fail(StockMoves.insufficient(command, [first, ...rest]))
    : Result.succeed(after)
}

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))
const some = <const A extends ReadonlyArray<string | number>>(...values: A) => Arbitrary.schema(Schema.Literals(values))

// Few products, reservations and pieces, so that commands meet each other.
const ProductId = Arbitrary.map(some(1, 2, 3), product)
const Id = Arbitrary.map(some(1, 2, 3, 4, 5), reservation)
const At = Arbitrary.map(Arbitrary.schema(whole(0, 20)), minutesLater)
const Pieces = Arbitrary.map(Arbitrary.schema(whole(1, 9)), quantity)
const Lines = Arbitrary.map(
  Arbitrary.array(Arbitrary.all([ProductId, Pieces]), { minLength: 1, maxLength: 3 }),
  (lines) => Array.from(new Map(lines), ([productId, quantity]) => ({ productId, quantity }))
)

const kinds = {
  ReceiveStock: Arbitrary.map(Arbitrary.all([ProductId, Pieces]), ([productId, quantity]) => ({
    ...Scenario.receive(1),
    productId,
    quantity
  })),
  AdjustStock: Arbitrary.map(Arbitrary.all([ProductId, some(-5, -2, -1, 1, 2)]), ([productId, change]) => ({
    ...Scenario.adjust(1),
    productId,
    change
  })),
  ReserveStock: Arbitrary.map(
    Arbitrary.all([Id, Lines, some(1, 1, 1, 2), some(0, 60, 600)]),
    ([reservationId, lines, of, seconds]) => ({
      ...Scenario.reserve,
      reservationId,
      lines,
      orderId: order(of),
      ...(seconds === 0 ? {} : { holdForSeconds: seconds })
    })
  ),
  ReleaseReservation: Arbitrary.map(Id, (reservationId) => ({ ...Scenario.release, reservationId })),
  CommitReservation: Arbitrary.map(Id, (reservationId) => ({ ...Scenario.commit, reservationId })),
  ExpireReservation: Arbitrary.map(Arbitrary.all([Id, At]), ([reservationId, occurredAt]) => ({
    ...Scenario.expireAt(occurredAt),
    reservationId
  }))
} satisfies Record<Command["_tag"], Arbitrary.Arbitrary<Command>>

const tags = [
  "ReceiveStock",
  "ReceiveStock",
  "ReceiveStock",
  "AdjustStock",
  "ReserveStock",
  "ReserveStock",
  "ReserveStock",
  "ReleaseReservation",
  "CommitReservation",
  "ExpireReservation"
] as const

/** Commands in any order. */
export const Walk: Arbitrary.Arbitrary<ReadonlyArray<Command>> = Arbitrary.array(
  Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(tags)), (tag): Arbitrary.Arbitrary<Command> => kinds[tag]),
  { maxLength: 40 }
)

/** Everything a walk met: the command, the warehouse before it, the outcome and the warehouse after it. */
export const walk = (commands: ReadonlyArray<Command>) => {
  let warehouse = empty
  return commands.map((command) => {
    const step = { command, before: warehouse, outcome: perform(warehouse, command) }
    warehouse = Result.getOrElse(step.outcome, () => step.before)
    return { ...step, after: warehouse }
  })
}
