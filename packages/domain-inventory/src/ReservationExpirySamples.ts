/**
 * What can come to the process that ends reservations, one of each kind, and what it can go through, found by trying that.
 * Tests show that nothing it declares is missing in it.
 */
import { Diagram, type ProcessManager } from "@eventfold/decider"
import { OrderId, ProductId, Quantity } from "@eventfold/shared-kernel"
import { DateTime } from "effect"
import { ReservationNotDue, ReservationNotFound } from "./ReservationErrors.ts"
import { ReservationCommitted, ReservationExpired, ReservationReleased, StockReserved } from "./ReservationEvents.ts"
import { again, first, type Input, ReservationExpiry } from "./ReservationExpiry.ts"
import { ReservationId } from "./ReservationId.ts"
import { ReservationLines } from "./ReservationLines.ts"

const uuid = "0190f5a2-7c4e-7b1a-9d3f-000000000001"
const [orderId, reservationId] = [OrderId.fromUuid(uuid), ReservationId.fromUuid(uuid)]
const occurredAt = DateTime.makeUnsafe("2024-05-17T09:30:00Z")
const expiresAt = DateTime.add(occurredAt, { minutes: 15 })
const lines = ReservationLines.make([{ productId: ProductId.fromUuid(uuid), quantity: Quantity.Quantity.make(2) }])
const reservation = { reservationId, orderId, lines, occurredAt }

/** Stock that is held for 15 minutes. */
export const held = StockReserved.make({ ...reservation, expiresAt })
/** What ends a reservation. */
export const ends = {
  committed: ReservationCommitted.make(reservation),
  released: ReservationReleased.make(reservation),
  expired: ReservationExpired.make(reservation)
} as const

type Sent = ProcessManager.CommandFailed<"inventory.ExpireReservation">

/** What can become of the command that was sent under a key: answered, refused in two ways, or never heard of. */
export const outcomes = (key: string) => {
  const sent: Omit<Sent, "_tag" | "error"> = { command: "inventory.ExpireReservation", key, number: 0, occurredAt }
  return {
    answered: {
      ...sent,
      _tag: "CommandAnswered",
      answer: { reservationId, orderId, lines, expiresAt, status: "expired", version: 2 }
    },
    unknown: { ...sent, _tag: "CommandRefused", refusal: new ReservationNotFound({ reservationId }) },
    early: { ...sent, _tag: "CommandRefused", refusal: new ReservationNotDue({ reservationId, expiresAt }) },
    failed: { ...sent, _tag: "CommandFailed", error: "no answer" }
  } as const satisfies Record<string, Input>
}

/** What can come to the process. */
export const samples: ReadonlyArray<Input> = [
  held,
  ...Object.values(ends),
  ...[first, again].flatMap((key) => Object.values(outcomes(key)))
]

/** What the process can go through, one situation at a time. */
export const finding = (): Diagram.Finding => Diagram.finding(ReservationExpiry, samples)
