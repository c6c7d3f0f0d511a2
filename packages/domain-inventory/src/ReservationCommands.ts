/**
 * What can be asked of reservations. Each command is a schema of its payload (`ReserveStock`) and a message with a typed
 * answer and typed refusals (`reserveStock`), for a bus to carry.
 *
 * Every command carries `reservationId`, chosen by whoever asks, and `occurredAt`. Each can be repeated without harm, and
 * `ReleaseReservation` may come at any time: also before what it releases, which is then refused.
 */
import { Message } from "@eventfold/decider"
import { OrderId, WholeNumber } from "@eventfold/shared-kernel"
import { Schema } from "effect"
import { ReservationRefusal } from "./ReservationErrors.ts"
import { ReservationId } from "./ReservationId.ts"
import { ReservationLine, ReservationLines } from "./ReservationLines.ts"
import { ReservationStatus } from "./ReservationStatus.ts"

/** The schema of what every command answers: where the reservation stands now. */
export const ReservationAnswer = Schema.Struct({
  reservationId: ReservationId,
  status: ReservationStatus,
  /** The version of the reservation's stream: how many events it has. */
  version: Schema.Int,
  /** For which order; absent when it is barred. */
  orderId: Schema.optionalKey(OrderId),
  /** What it holds or has held; nothing when it is barred. */
  lines: Schema.Array(ReservationLine),
  /** From when on it can expire; absent when it does not. */
  expiresAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "ReservationAnswer" })
/** What every command answers: where the reservation stands now. */
export interface ReservationAnswer extends Schema.Schema.Type<typeof ReservationAnswer> {}

const inventory = { context: "inventory", answer: ReservationAnswer, refusal: ReservationRefusal } as const
const common = { reservationId: ReservationId, occurredAt: Schema.DateTimeUtc }

/** The longest time for which a reservation that expires can be held, in seconds: a year. */
export const longestHold = 31_536_000

/** Sets pieces of one or several products aside for an order: all of them, or nothing at all. */
export const ReserveStock = Schema.TaggedStruct("ReserveStock", {
  ...common,
  orderId: OrderId,
  lines: ReservationLines,
  /** After how many seconds it expires; left out, it holds until it is released or committed. */
  holdForSeconds: Schema.optionalKey(WholeNumber.between({ minimum: 1, maximum: longestHold, of: "seconds" }))
})
/** Sets pieces of one or several products aside for an order: all of them, or nothing at all. */
export interface ReserveStock extends Schema.Schema.Type<typeof ReserveStock> {}
/** The message that carries {@link ReserveStock}. */
export const reserveStock = Message.command({ ...inventory, payload: ReserveStock })

/** Makes what was reserved available again; of what was never reserved, it bars that it ever is. */
export const ReleaseReservation = Schema.TaggedStruct("ReleaseReservation", common)
/** Makes what was reserved available again; of what was never reserved, it bars that it ever is. */
export interface ReleaseReservation extends Schema.Schema.Type<typeof ReleaseReservation> {}
/** The message that carries {@link ReleaseReservation}. */
export const releaseReservation = Message.command({ ...inventory, payload: ReleaseReservation })

/** Says that what was reserved has left the house. */
export const CommitReservation = Schema.TaggedStruct("CommitReservation", common)
/** Says that what was reserved has left the house. */
export interface CommitReservation extends Schema.Schema.Type<typeof CommitReservation> {}
/** The message that carries {@link CommitReservation}. */
export const commitReservation = Message.command({ ...inventory, payload: CommitReservation })

/** Ends a reservation whose time is over, by `occurredAt`. One that has ended otherwise stays as it is. */
export const ExpireReservation = Schema.TaggedStruct("ExpireReservation", common)
/** Ends a reservation whose time is over. */
export interface ExpireReservation extends Schema.Schema.Type<typeof ExpireReservation> {}
/** The message that carries {@link ExpireReservation}. */
export const expireReservation = Message.command({ ...inventory, payload: ExpireReservation })

/** The schema of everything that can be asked of a reservation. */
export const ReservationCommand = Schema.Union([ReserveStock, ReleaseReservation, CommitReservation, ExpireReservation])
/** Something that can be asked of a reservation. */
export type ReservationCommand = typeof ReservationCommand.Type
