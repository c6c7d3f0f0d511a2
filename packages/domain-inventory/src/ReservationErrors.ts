/**
 * Why a reservation refuses a command: one typed error per reason, each naming the reservation and the facts that decide.
 * Refusals are answers, not faults: fields to branch on for programs, a `message` for people.
 */
import { OrderId } from "@eventfold/shared-kernel"
import { DateTime, Schema } from "effect"
import { ReservationId } from "./ReservationId.ts"
import { ShortLine } from "./ReservationLines.ts"
import { EndedStatus } from "./ReservationStatus.ts"

const reservation = { reservationId: ReservationId }

/** There is no such reservation. */
export class ReservationNotFound extends Schema.TaggedError<ReservationNotFound>()("ReservationNotFound", reservation) {
  override get message() {
    return `there is no reservation ${this.reservationId}`
  }
}

/** Of these lines less is available than was asked for; nothing at all has been reserved, and other lines are not short. */
export class InsufficientStock extends Schema.TaggedError<InsufficientStock>()("InsufficientStock", {
  ...reservation,
  orderId: OrderId,
  lines: Schema.NonEmptyArray(ShortLine)
}) {
  override get message() {
    const short = this.lines.map(
      ({ available, productId, requested }) => `${requested} of ${productId} (${available} available)`
    )
    return `reservation ${this.reservationId} cannot be held: there is not enough for ${short.join(", ")}`
  }
}

/** The identifier belongs to a reservation that differs from the one asked for in what `differs` names. */
export class ReservationDiffers extends Schema.TaggedError<ReservationDiffers>()("ReservationDiffers", {
  ...reservation,
  differs: Schema.Literals(["order", "lines"])
}) {
  override get message() {
    return this.differs === "order"
      ? `reservation ${this.reservationId} is there already, for another order`
      : `reservation ${this.reservationId} is there already, with other lines`
  }
}

/** The reservation holds nothing any more, and will not again. */
export class ReservationEnded extends Schema.TaggedError<ReservationEnded>()("ReservationEnded", {
  ...reservation,
  status: EndedStatus
}) {
  override get message() {
    return this.status === "barred"
      ? `reservation ${this.reservationId} was released before it was made, and cannot be made any more`
      : `reservation ${this.reservationId} is ${this.status}`
  }
}

/** What was reserved has left the house: it cannot become available again. */
export class ReservationAlreadyCommitted extends Schema.TaggedError<ReservationAlreadyCommitted>()(
  "ReservationAlreadyCommitted",
  reservation
) {
  override get message() {
    return `reservation ${this.reservationId} is committed: what it held has been shipped`
  }
}

/** It is too early to expire: `expiresAt` says from when on it can, and is absent when it never does. */
export class ReservationNotDue extends Schema.TaggedError<ReservationNotDue>()("ReservationNotDue", {
  ...reservation,
  expiresAt: Schema.optionalKey(Schema.DateTimeUtc)
}) {
  override get message() {
    return this.expiresAt === undefined
      ? `reservation ${this.reservationId} does not expire`
      : `reservation ${this.reservationId} does not expire before ${DateTime.formatIso(this.expiresAt)}`
  }
}

/** The schema of every refusal of a reservation. */
export const ReservationRefusal = Schema.Union([
  ReservationNotFound,
  InsufficientStock,
  ReservationDiffers,
  ReservationEnded,
  ReservationAlreadyCommitted,
  ReservationNotDue
])
/** Why a reservation refuses a command. */
export type ReservationRefusal = typeof ReservationRefusal.Type
