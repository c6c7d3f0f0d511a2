/** What could be asked of the stock of a product, and of a reservation, at random: mostly what follows. */
import {
  ReservationCommands,
  ReservationId,
  type ReservationState,
  StockCommands,
  type StockState
} from "@eventfold/domain-inventory"
import { OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime, Effect, Random } from "effect"

const oneOf = <const A>(first: A, ...others: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, others.length + 1), (index) => [first, ...others][index] ?? first)
const pieces = (first: number, ...others: ReadonlyArray<number>) =>
  Effect.map(oneOf(first, ...others), (count) => Quantity.Quantity.make(count))

/** What could be asked of the stock of a product; it may be refused. */
export const stockCommand = Effect.fnUntraced(function* (
  uuid: string,
  { status }: StockState.StockState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<StockCommands.StockCommand> {
  const common = { productId: ProductId.fromUuid(uuid), occurredAt }
  const moved = { ...common, reservationId: ReservationId.fromUuid(uuid), quantity: yield* pieces(1, 2, 5) }
  const kind = status === "none" ? "receive" : yield* oneOf("receive", "adjust", "allocate", "allocate", "free", "ship")
  switch (kind) {
    case "receive":
      return StockCommands.ReceiveStock.make({ ...common, quantity: yield* pieces(5, 9) })
    case "adjust":
      return StockCommands.AdjustStock.make({ ...common, change: yield* oneOf(-3, -1, 2), reason: "Counted" })
    case "allocate":
      return StockCommands.AllocateStock.make(moved)
    case "free":
      return StockCommands.FreeStock.make(moved)
    case "ship":
      return StockCommands.ShipStock.make(moved)
  }
})

/** What could be asked of a reservation; it may be refused. */
export const reservationCommand = Effect.fnUntraced(function* (
  uuid: string,
  { status }: ReservationState.ReservationState,
  occurredAt: DateTime.Utc
): Effect.fn.Return<ReservationCommands.ReservationCommand> {
  const common = { reservationId: ReservationId.fromUuid(uuid), occurredAt }
  const kind =
    status === "none"
      ? yield* oneOf("reserve", "reserve", "reserve", "release")
      : yield* oneOf("commit", "release", "expire", "expire")
  switch (kind) {
    case "reserve":
      return ReservationCommands.ReserveStock.make({
        ...common,
        orderId: OrderId.fromUuid(uuid),
        lines: [{ productId: ProductId.fromUuid(uuid), quantity: yield* pieces(1, 7) }],
        ...((yield* Random.next) < 0.7 ? { holdForSeconds: 60 } : {})
      })
    case "release":
      return ReservationCommands.ReleaseReservation.make(common)
    case "commit":
      return ReservationCommands.CommitReservation.make(common)
    case "expire":
      return ReservationCommands.ExpireReservation.make({
        ...common,
        // A reservation of the month before has expired by then.
        occurredAt: DateTime.add(occurredAt, { days: yield* oneOf(0, 60) })
      })
  }
})
