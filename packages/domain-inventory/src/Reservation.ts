/**
 * A reservation, as a decider: it holds pieces of products for an order, until they are shipped, released, or its time is
 * over.
 *
 * It decides for itself whether it can be made, released, committed or expire, and so that each happens once. Whether there
 * is enough is decided by each product, on what `StockMoves.ts` says follows; all of that is one transaction, so a
 * reservation is held with all its lines or not at all.
 */
import { Decider } from "@eventfold/decider"
import { DateTime, Result } from "effect"
import type * as Commands from "./ReservationCommands.ts"
import * as Refused from "./ReservationErrors.ts"
import { ReservationEvent } from "./ReservationEvents.ts"
import * as ReservationLines from "./ReservationLines.ts"
import { type ReservationIn, ReservationState } from "./ReservationState.ts"

/** No reservation yet. */
export const initial: ReservationState = { status: "none" }

/** Folds one event into the state. An event that cannot follow the state leaves it as it is. */
export const evolve = (reservation: ReservationState, event: ReservationEvent): ReservationState => {
  switch (event._tag) {
    case "StockReserved": {
      if (reservation.status !== "none") return reservation
      const { _tag, occurredAt: _, ...made } = event
      return { status: "held", ...made }
    }
    case "ReservationReleased":
      return reservation.status === "held" ? { ...reservation, status: "released" } : reservation
    case "ReservationCommitted":
      return reservation.status === "held" ? { ...reservation, status: "committed" } : reservation
    case "ReservationExpired":
      return reservation.status === "held" ? { ...reservation, status: "expired" } : reservation
    case "ReservationBarred":
      return reservation.status === "none" ? { status: "barred", reservationId: event.reservationId } : reservation
  }
}

// Decisions: one per command.

type Decision = Result.Result<ReadonlyArray<ReservationEvent>, Refused.ReservationRefusal>

const record = (...events: ReadonlyArray<ReservationEvent>): Decision => Result.succeed(events)
const nothing = record()
const refuse = (refusal: Refused.ReservationRefusal): Decision => Result.fail(refusal)

const reserve = (command: Commands.ReserveStock, reservation: ReservationState): Decision => {
  const { holdForSeconds, lines, occurredAt, orderId, reservationId } = command
  switch (reservation.status) {
    case "none": {
      const expiry =
        holdForSeconds === undefined ? {} : { expiresAt: DateTime.add(occurredAt, { seconds: holdForSeconds }) }
      return record({ _tag: "StockReserved", reservationId, orderId, lines, occurredAt, ...expiry })
    }
    case "held":
    case "committed":
      if (orderId !== reservation.orderId) {
        return refuse(new Refused.ReservationDiffers({ reservationId, differs: "order" }))
      }
      return ReservationLines.areSame(lines, reservation.lines)
        ? nothing
        : refuse(new Refused.ReservationDiffers({ reservationId, differs: "lines" }))
    case "released":
    case "expired":
    case "barred":
      return refuse(new Refused.ReservationEnded({ reservationId, status: reservation.status }))
  }
}

const endOf = (
  { lines, orderId, reservationId }: ReservationIn<"held">,
  { occurredAt }: Commands.ReservationCommand
) => ({
  reservationId,
  orderId,
  lines,
  occurredAt
})

const release = (command: Commands.ReleaseReservation, reservation: ReservationState): Decision => {
  const { occurredAt, reservationId } = command
  switch (reservation.status) {
    case "none":
      return record({ _tag: "ReservationBarred", reservationId, occurredAt })
    case "held":
      return record({ _tag: "ReservationReleased", ...endOf(reservation, command) })
    case "committed":
      return refuse(new Refused.ReservationAlreadyCommitted({ reservationId }))
    case "released":
    case "expired":
    case "barred":
      return nothing
  }
}

const commit = (command: Commands.CommitReservation, reservation: ReservationState): Decision => {
  const { reservationId } = command
  switch (reservation.status) {
    case "none":
      return refuse(new Refused.ReservationNotFound({ reservationId }))
    case "held":
      return record({ _tag: "ReservationCommitted", ...endOf(reservation, command) })
    case "committed":
      return nothing
    case "released":
    case "expired":
    case "barred":
      return refuse(new Refused.ReservationEnded({ reservationId, status: reservation.status }))
  }
}

const expire = (command: Commands.ExpireReservation, reservation: ReservationState): Decision => {
  const { occurredAt, reservationId } = command
  if (reservation.status === "none") return refuse(new Refused.ReservationNotFound({ reservationId }))
  // Whoever watches the clock may come when all is over.
  if (reservation.status !== "held") return nothing
  const { expiresAt } = reservation
  return expiresAt !== undefined && DateTime.isGreaterThanOrEqualTo(occurredAt, expiresAt)
    ? record({ _tag: "ReservationExpired", ...endOf(reservation, command) })
    : refuse(new Refused.ReservationNotDue({ reservationId, ...(expiresAt === undefined ? {} : { expiresAt }) }))
}

/** The events a command causes in a state, none when it is already so; or why it is refused. */
export const decide = (command: Commands.ReservationCommand, reservation: ReservationState): Decision => {
  switch (command._tag) {
    case "ReserveStock":
      return reserve(command, reservation)
    case "ReleaseReservation":
      return release(command, reservation)
    case "CommitReservation":
      return commit(command, reservation)
    case "ExpireReservation":
      return expire(command, reservation)
  }
}

/** A reservation as a decider. Its streams are named `reservation`. */
export const Reservation = Decider.make({
  category: "reservation",
  State: ReservationState,
  Event: ReservationEvent,
  initial,
  evolve,
  decide
})

/**
 * What a command on a reservation answers, for a state at a version of its stream.
 *
 * @throws RangeError for a state without a reservation: no command succeeds without one, so it is a mistake of the program.
 */
export const answerOf = (reservation: ReservationState, version: number): Commands.ReservationAnswer => {
  if (reservation.status === "none") throw new RangeError("There is no reservation to answer about")
  return reservation.status === "barred" ? { ...reservation, version, lines: [] } : { ...reservation, version }
}
