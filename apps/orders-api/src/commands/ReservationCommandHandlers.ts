/**
 * Handles the commands on reservations: a reservation and the stock of all its products change in one transaction.
 *
 * Guarantees: all lines are reserved or nothing is stored, and the refusal names every line that is short; what a
 * reservation holds is given back or shipped once, whoever asks how often. The bus has opened the transaction, and takes it
 * back when the command is refused.
 *
 * Streams are locked in one order, that of all appends: the reservation first, then the products by their ids. So commands
 * on the same products wait for each other, and never in a circle. A product that another reservation has just changed is
 * read again and decided again, while those before it stay locked.
 */
import type { Message } from "@eventfold/decider"
import {
  Reservation,
  ReservationCommands,
  type ReservationErrors,
  type StockErrors,
  StockMoves
} from "@eventfold/domain-inventory"
import { CommandBus, type CommandEnvelope } from "@eventfold/event-store"
import { Effect } from "effect"
import { reservationStreamOf, stockStreamOf } from "../InventoryStreamIds.ts"
import { reservations, stock } from "./InventoryAggregates.ts"

/** Moves the pieces of one line. Answers why not when there is not enough; any other refusal is a mistake of the program. */
const move = (move: StockMoves.StockMove, { metadata = {}, tenant }: CommandEnvelope<unknown>) =>
  stock.handle(stockStreamOf(tenant, move.productId), move, { metadata }).pipe(
    Effect.as([]),
    Effect.catchTags({
      NotEnoughAvailable: (short) => Effect.succeed([short]),
      // What is reserved is what reservations hold, and each lets go of it once.
      NotEnoughReserved: Effect.die,
      StockTooLarge: Effect.die,
      AdjustmentExceedsStock: Effect.die
    })
  )

const handle = Effect.fnUntraced(function* (envelope: CommandEnvelope<ReservationCommands.ReservationCommand>) {
  const { payload, tenant, ...rest } = envelope
  const stream = reservationStreamOf(tenant, payload.reservationId)
  const { events, state, version } = yield* reservations.handle(stream, payload, rest)
  const moves = events.flatMap(StockMoves.of)
  const found: ReadonlyArray<ReadonlyArray<StockErrors.NotEnoughAvailable>> = yield* Effect.forEach(moves, (one) =>
    move(one, envelope)
  )
  const [first, ...others] = found.flat()
  if (first !== undefined && payload._tag === "ReserveStock") {
    return yield* StockMoves.insufficient(payload, [first, ...others])
  }
  return Reservation.answerOf(state, version)
})

const handler = <Command extends ReservationCommands.ReservationCommand>(
  command: Message.Command<string, Command, ReservationCommands.ReservationAnswer, ReservationErrors.ReservationRefusal>
) => CommandBus.handler(command, handle)

/** The handlers of the commands on reservations. */
export const handlers = [
  handler(ReservationCommands.reserveStock),
  handler(ReservationCommands.releaseReservation),
  handler(ReservationCommands.commitReservation),
  handler(ReservationCommands.expireReservation)
]
