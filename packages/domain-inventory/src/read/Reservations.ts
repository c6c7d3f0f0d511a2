/** One row per reservation: for which order, what it holds, where it stands, and since when. */
import { Projection, ReadModel, Rows, Sorting, Specification } from "@eventfold/decider"
import { OrderId } from "@eventfold/shared-kernel"
import { type DateTime, Schema } from "effect"
import * as Reservation from "../Reservation.ts"
import { ReservationEvent } from "../ReservationEvents.ts"
import { ReservationId } from "../ReservationId.ts"
import { ReservationLine } from "../ReservationLines.ts"
import { ReservationStatus } from "../ReservationStatus.ts"

/** The schema of a row. */
export const ReservationRow = Schema.Struct({
  reservationId: ReservationId,
  status: ReservationStatus,
  /** For which order; absent when it is barred. */
  orderId: Schema.optionalKey(OrderId),
  /** What it holds or has held; nothing when it is barred. */
  lines: Schema.Array(ReservationLine),
  /** From when on it can expire; absent when it does not. */
  expiresAt: Schema.optionalKey(Schema.DateTimeUtc),
  /** When it was made, or barred. */
  madeAt: Schema.DateTimeUtc,
  /** When it was committed, released or expired; absent as long as it is held, and when it is barred. */
  endedAt: Schema.optionalKey(Schema.DateTimeUtc)
}).annotate({ identifier: "ReservationRow" })
/** A row of the reservations. */
export type ReservationRow = typeof ReservationRow.Type

/** The reservations, as what keeps their rows knows them. */
export const readModel = ReadModel.make({
  name: "reservations",
  key: ["reservationId"],
  row: ReservationRow,
  indexes: [["orderId"], ["status", "madeAt"], ["status", "expiresAt"], ["madeAt"]]
})

const ended = {
  ReservationReleased: "released",
  ReservationCommitted: "committed",
  ReservationExpired: "expired"
} as const

/** The rows of all reservations. */
export const Reservations = Projection.make({
  readModel,
  events: ReservationEvent,
  keys: Projection.byStream(Reservation.Reservation.category, "reservationId"),
  project: (event, [row]) => {
    const { occurredAt, reservationId } = event
    if (event._tag === "StockReserved") {
      if (row !== undefined) return Projection.unchanged
      const { _tag, occurredAt: madeAt, ...made } = event
      return [Projection.upsert({ ...made, status: "held", madeAt })]
    }
    if (event._tag === "ReservationBarred") {
      if (row !== undefined) return Projection.unchanged
      return [Projection.upsert({ reservationId, status: "barred", lines: [], madeAt: occurredAt })]
    }
    if (row?.status !== "held") return Projection.unchanged
    return [Projection.upsert({ ...row, status: ended[event._tag], endedAt: occurredAt })]
  }
})

/** The rows, for specifications and sorts. */
export const rows = Rows.of(readModel)

/** The reservations of an order. */
export const ofOrder = (orderId: OrderId) => Specification.eq(rows.field("orderId"), orderId)

/** Reservations that are held although they could have expired by then. */
export const overdueAt = (time: DateTime.Utc) =>
  Specification.and(Specification.eq(rows.field("status"), "held"), Specification.lte(rows.field("expiresAt"), time))

/** The reservation that was made last comes first. */
export const newestFirst = [Sorting.descending(rows.field("madeAt"))]
