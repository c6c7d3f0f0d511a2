/** A trip as a saga: a flight and a hotel that are booked or called off, and a ticket that must come. For the guides and examples. */
import { Message, Saga } from "@eventfold/decider"
import { Option, Schema } from "effect"

// #region commands
const common = { tripId: Schema.String, occurredAt: Schema.DateTimeUtc }
const Full = Schema.TaggedStruct("Full", { hotel: Schema.String })

/** Books the flight. */
export const bookFlight = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("BookFlight", common),
  answer: Schema.Struct({ seat: Schema.String })
})
/** Books the hotel; refused when it is full. */
export const bookHotel = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("BookHotel", common),
  answer: Schema.Struct({ room: Schema.Int }),
  refusal: Full
})
// #endregion commands
/** Calls the flight off: also one that was never booked, which then cannot be booked any more. */
export const cancelFlight = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("CancelFlight", common),
  answer: Schema.Null
})
/** Calls the hotel off, likewise. */
export const cancelHotel = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("CancelHotel", common),
  answer: Schema.Null
})
/** Sends the ticket. */
export const sendTicket = Message.command({
  context: "travel",
  payload: Schema.TaggedStruct("SendTicket", { ...common, seat: Schema.String }),
  answer: Schema.Null
})

// #region saga
/** What a trip is started with: ids, and nothing about a person. */
export const TripInput = Schema.Struct({ tripId: Schema.String })

const patience = { retry: { attempts: 3, first: "50 millis" } } as const

/** Books a trip: all of it, or nothing. */
export const Trip = Saga.make({ name: "example-trip", input: TripInput })
  .step("flight", bookFlight, {
    send: ({ at, input }) => ({ _tag: "BookFlight", tripId: input.tripId, occurredAt: at }),
    compensate: Saga.by(
      cancelFlight,
      ({ at, input }) => ({ _tag: "CancelFlight", tripId: input.tripId, occurredAt: at }),
      patience
    ),
    ...patience
  })
  .step("hotel", bookHotel, {
    send: ({ at, input }) => ({ _tag: "BookHotel", tripId: input.tripId, occurredAt: at }),
    compensate: Saga.by(cancelHotel, ({ at, input }) => ({
      _tag: "CancelHotel",
      tripId: input.tripId,
      occurredAt: at
    })),
    // A trip without a hotel is better than none, where a friend has a sofa.
    refusals: ({ hotel }) => (hotel === "sofa" ? Option.some({ room: 0 }) : Option.none()),
    breaker: "hotels",
    ...patience
  })
  .pivot()
  .step("ticket", sendTicket, {
    send: ({ answers, at, input }) => ({
      _tag: "SendTicket",
      tripId: input.tripId,
      seat: answers.flight.seat,
      occurredAt: at
    }),
    retry: { first: "50 millis", longest: "1 minute" }
  })
  .end()
// #endregion saga
